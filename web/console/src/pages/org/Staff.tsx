// One person who works here: posts with their days, codes of tills, sessions; handing out a password, looking through
// this person's eyes, leaving.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { StaffDetail } from 'api/contract.ts';
import { App, Button, Checkbox, DatePicker, Form, Input, Modal, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { Secret } from '../sources/Secret.tsx';
import { rolesQuery, staffQuery } from './queries.ts';

type Dialog = 'post' | 'code' | 'leave';

export default function Staff() {
  const { t } = useTranslation('org');
  const { id = '' } = useParams();
  const mayWrite = useMay('org.write');
  const mayPost = useMay('post.write');
  const mayView = useMay('role.view_as');
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<Dialog>();
  const [password, setPassword] = useState('');
  const query = useQuery({
    queryKey: ['staff', id],
    queryFn: ({ signal }) => body(api.GET('/api/v1/staff/{id}', { params: { path: { id } }, signal })),
  });
  const params = { path: { id } };
  const refresh = () => client.invalidateQueries({ queryKey: ['staff'] });
  const give = useMutation({
    gcTime: 0,
    mutationFn: () => body(api.POST('/api/v1/staff/{id}/one-time-password', { params })),
    onSuccess: (made) => setPassword(made.one_time_password),
    onError: (error) => void message.error(error.message),
  });
  const end = useMutation({
    mutationFn: (path: '/api/v1/staff/{id}/sign-out' | '/api/v1/staff/{id}/second-factor/reset') => body(api.POST(path, { params })),
    onError: (error) => void message.error(error.message),
    onSettled: refresh,
  });
  const look = useMutation({
    mutationFn: () => body(api.POST('/api/v1/session/view-as', { body: { staff: id } })),
    onError: (error) => void message.error(error.message),
    onSuccess: async () => {
      await client.resetQueries();
      await navigate('/');
    },
  });
  const person = query.data;
  return (
    <div className="page">
      <PageHeader lead={<Link to="/organisation">{t('title')}</Link>} title={person?.name ?? t('staff.one')}
        sub={person && (
          <span className="row tight"><span className="mono">{person.login}</span>{person.code && <span className="mono dimmer">{person.code}</span>}
            {person.active && !person.left ? <Tag tone="active">{t('staff.active')}</Tag> : <Tag>{person.left ? t('staff.leftOn', { day: person.left }) : t('staff.disabled')}</Tag>}
            {person.second_factor && <Tag tone="active">{t('staff.factor')}</Tag>}</span>
        )}
        actions={(
          <>
            {mayView && <Button loading={look.isPending} onClick={() => look.mutate()}>{t('staff.viewAs')}</Button>}
            {mayWrite && <Button loading={give.isPending} onClick={() => give.mutate()}>{t('staff.password')}</Button>}
            {mayWrite && <Button onClick={() => setDialog('leave')}>{t('staff.leave')}</Button>}
          </>
        )} />
      <Loaded query={query} rows={8}>
        {(one) => (
          <div className="stack">
            <Card title={t('staff.posts')} flush extra={mayPost && <Button size="small" onClick={() => setDialog('post')}>{t('staff.addPost')}</Button>}><Posts person={one} /></Card>
            <Card title={t('staff.codes')} flush extra={mayWrite && <Button size="small" onClick={() => setDialog('code')}>{t('staff.addCode')}</Button>}>
              {one.codes.length === 0 ? <Empty title={t('staff.noCodes')} /> : (
                <table className="plain"><tbody>{one.codes.map((code) => <tr key={`${code.node_name}${code.code}${code.from}`}><td className="mono">{code.code}</td><td>{code.node_name || t('staff.everywhere')}</td><td className="dim">{code.from > '1970-01-01' ? t('staff.since', { day: code.from }) : ''}</td></tr>)}</tbody></table>
              )}
            </Card>
            <Card title={t('staff.sessions')} flush extra={mayWrite && one.sessions.length > 0 && <Button size="small" loading={end.isPending} onClick={() => end.mutate('/api/v1/staff/{id}/sign-out')}>{t('staff.endSessions')}</Button>}>
              <Sessions person={one} />
            </Card>
            {mayWrite && one.second_factor && <Button onClick={() => end.mutate('/api/v1/staff/{id}/second-factor/reset')}>{t('staff.resetFactor')}</Button>}
          </div>
        )}
      </Loaded>
      {password && <Modal open title={t('staff.password')} onCancel={() => setPassword('')} footer={<Button type="primary" onClick={() => setPassword('')}>{t('staff.kept')}</Button>}><Secret value={password} text={t('staff.once')} /></Modal>}
      {dialog && person && <Edit person={person} dialog={dialog} onClose={() => setDialog(undefined)} />}
    </div>
  );
}

function Posts({ person }: { person: StaffDetail }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const mayWrite = useMay('post.write');
  const { message } = App.useApp();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: ({ node, role }: { node: string; role: string }) => body(api.POST('/api/v1/staff/{id}/posts/end', { params: { path: { id: person.id } }, body: { node, role } })),
    onError: (error) => void message.error(error.message),
    onSettled: () => client.invalidateQueries({ queryKey: ['staff'] }),
  });
  if (person.posts.length === 0) return <Empty title={t('staff.noPosts')} />;
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('staff.node')}</th><th>{t('staff.role')}</th><th>{t('staff.days')}</th>{mayWrite && <ActionsHead />}</tr></thead>
        <tbody>
          {person.posts.map((post) => (
            <tr key={`${post.node}${post.role}`} className={post.held ? undefined : 'dim'}>
              <td><Link to={`/organisation/${post.node}`}>{post.node_name}</Link></td>
              <td>{format.pick(post.role_name_zh, post.role_name_en)} {post.primary && <Tag tone="active">{t('staff.primary')}</Tag>}</td>
              <td>{post.from || post.until ? `${post.from ?? '…'} – ${post.until ?? '…'}` : t('staff.always')}</td>
              {mayWrite && <td>{post.held && <Button size="small" onClick={() => end.mutate(post)}>{t('staff.endPost')}</Button>}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Sessions({ person }: { person: StaffDetail }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  if (person.sessions.length === 0) return <Empty title={t('staff.noSessions')} />;
  return (
    <table className="plain">
      <tbody>{person.sessions.map((one) => <tr key={one.id}><td>{t('staff.signedIn', { time: format.dateTime(one.since) })}</td><td>{t('staff.lastSeen', { time: format.dateTime(one.last_seen) })}</td><td className="mono dimmer">{one.ip}</td></tr>)}</tbody>
    </table>
  );
}

interface Fields { node?: string; role?: string; code?: string; from?: Dayjs; until?: Dayjs; primary?: boolean; successor?: string }
const day = (value?: Dayjs) => value?.format('YYYY-MM-DD');

function Edit({ person, dialog, onClose }: { person: StaffDetail; dialog: Dialog; onClose: () => void }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const [form] = Form.useForm<Fields>();
  const client = useQueryClient();
  const nodes = useQuery(nodesQuery);
  const roles = useQuery(rolesQuery);
  const staff = useQuery(staffQuery);
  const params = { path: { id: person.id } };
  const save = useMutation({
    mutationFn: (fields: Fields) => {
      if (dialog === 'code') return body(api.POST('/api/v1/staff/{id}/codes', { params, body: { code: fields.code ?? '', node: fields.node, from: day(fields.from) } }));
      if (dialog === 'leave') return body(api.POST('/api/v1/staff/{id}/leave', { params, body: { last_day: day(fields.until), successor: fields.successor } }));
      return body(api.POST('/api/v1/staff/{id}/posts', { params, body: { node: fields.node ?? '', role: fields.role ?? '', from: day(fields.from), until: day(fields.until), primary: fields.primary } }));
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['staff'] });
      onClose();
    },
  });
  const needed = [{ required: true, message: t('needed') }];
  const titles = { post: 'staff.addPost', code: 'staff.addCode', leave: 'staff.leave' } as const;
  return (
    <Modal open title={`${t(titles[dialog])} · ${person.name}`} okText={t('change.save')} confirmLoading={save.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => save.mutate(fields)}>
        {dialog === 'code' && <Form.Item name="code" label={t('staff.code')} rules={needed}><Input maxLength={40} /></Form.Item>}
        {dialog !== 'leave' && (
          <Form.Item name="node" label={t('staff.node')} rules={dialog === 'post' ? needed : []} extra={dialog === 'code' ? t('staff.codeNote') : undefined}>
            <Select allowClear={dialog === 'code'} showSearch={{ optionFilterProp: 'label' }} options={nodes.data?.items.filter((one) => one.open).map((one) => ({ value: one.id, label: one.name }))} />
          </Form.Item>
        )}
        {dialog === 'post' && (
          <Form.Item name="role" label={t('staff.role')} rules={needed}>
            <Select options={roles.data?.items.map((one) => ({ value: one.id, label: format.pick(one.name_zh, one.name_en) }))} />
          </Form.Item>
        )}
        {dialog === 'leave' && person.sole_holder_of.length > 0 && <p><Tag tone="warn">{t('staff.sole')}</Tag> {person.sole_holder_of.join(' / ')}</p>}
        {dialog !== 'leave' && <Form.Item name="from" label={t('staff.from')}><DatePicker style={{ width: '100%' }} /></Form.Item>}
        {dialog !== 'code' && <Form.Item name="until" label={t('staff.until')}><DatePicker style={{ width: '100%' }} placeholder={dialog === 'leave' ? t('change.today') : undefined} /></Form.Item>}
        {dialog === 'post' && <Form.Item name="primary" valuePropName="checked"><Checkbox>{t('staff.primary')}</Checkbox></Form.Item>}
        {dialog === 'leave' && (
          <Form.Item name="successor" label={t('staff.successor')} extra={t('staff.successorNote', { count: person.codes.length })}>
            <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={staff.data?.items.filter((one) => one.active && one.id !== person.id).map((one) => ({ value: one.id, label: one.name }))} />
          </Form.Item>
        )}
      </Form>
      {save.error && <ErrorBox error={save.error} />}
    </Modal>
  );
}
