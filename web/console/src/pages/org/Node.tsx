// One node of the organisation: what it is today, what was changed and from which day on, and changing it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import type { NodeChange, NodeDetail, NodeItem } from 'api/contract.ts';
import { App, Button, DatePicker, Form, Input, Modal, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { staffQuery } from './queries.ts';

type Action = 'move' | 'rename' | 'merge' | 'close' | 'reopen';

export default function Node() {
  const { t } = useTranslation('org');
  const { id = '' } = useParams();
  const mayWrite = useMay('org.write');
  const [action, setAction] = useState<Action>();
  const query = useQuery({
    queryKey: ['org', 'node', id],
    queryFn: ({ signal }) => body(api.GET('/api/v1/org/nodes/{id}', { params: { path: { id } }, signal })),
  });
  const staff = useQuery(staffQuery);
  const node = query.data?.node;
  const actions: Action[] = !node ? [] : node.parent ? (node.open ? ['rename', 'move', 'merge', 'close'] : ['rename', 'reopen']) : ['rename'];
  return (
    <div className="page">
      <PageHeader lead={<Link to="/organisation">{t('title')}</Link>} title={node?.name ?? t('node.one')}
        sub={query.data && <Place detail={query.data} />}
        actions={mayWrite && actions.map((one) => <Button key={one} onClick={() => setAction(one)}>{t(`change.${one}`)}</Button>)} />
      <div className="stack">
        <Card title={t('change.history')} flush extra={<span className="small dim">{t('change.note')}</span>}>
          <Loaded query={query} rows={4}>{(detail) => <History detail={detail} />}</Loaded>
        </Card>
        <Card title={t('staff.title')} flush>
          <Loaded query={staff} rows={3}>
            {({ items }) => <People ids={items.filter((one) => one.posts.some((post) => post.node === id)).map((one) => ({ id: one.id, name: one.name, active: one.active }))} />}
          </Loaded>
        </Card>
      </div>
      {action && node && <ChangeNode node={node} action={action} onClose={() => setAction(undefined)} />}
    </div>
  );
}

function Place({ detail }: { detail: NodeDetail }) {
  const { t } = useTranslation('org');
  const { node } = detail;
  return (
    <span className="row tight">
      <Tag>{t(`kind.${node.kind}`)}</Tag>
      <span className="mono dimmer">{node.code}</span>
      {node.parent && <Link to={`/organisation/${node.parent}`}>{detail.parent_name}</Link>}
      {node.merged_into ? <Tag tone="neutral">{t('change.merged')}</Tag> : !node.open && <Tag tone="neutral">{t('change.closed')}</Tag>}
      <CopyId id={node.id} />
    </span>
  );
}

function People({ ids }: { ids: { id: string; name: string; active: boolean }[] }) {
  const { t } = useTranslation('org');
  if (ids.length === 0) return <Empty title={t('staff.none')} />;
  return <ul style={{ margin: 0, padding: '8px 16px', listStyle: 'none' }}>{ids.map((one) => <li key={one.id}><Link to={`/staff/${one.id}`}>{one.name}</Link> {!one.active && <Tag>{t('staff.disabled')}</Tag>}</li>)}</ul>;
}

function History({ detail }: { detail: NodeDetail }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const mayWrite = useMay('org.write');
  const { message } = App.useApp();
  const client = useQueryClient();
  const undo = useMutation({
    mutationFn: (change: string) => body(api.POST('/api/v1/org/nodes/{id}/undo', { params: { path: { id: detail.node.id } }, body: { change } })),
    onError: (error) => void message.error(error.message),
    onSuccess: () => void message.success(t('change.undone')),
    onSettled: () => client.invalidateQueries({ queryKey: ['org'] }),
  });
  if (detail.changes.length === 0) return <Empty title={t('change.none')}>{t('change.noneText')}</Empty>;
  const what = (one: NodeChange) => [t(`changed.${one.kind}`), one.kind === 'rename' ? one.name : one.other_name].filter(Boolean).join(' → ');
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('change.from')}</th><th>{t('change.what')}</th><th>{t('change.reason')}</th><th>{t('change.by')}</th>{mayWrite && <ActionsHead />}</tr></thead>
        <tbody>
          {detail.changes.map((one) => (
            <tr key={one.id} className={one.undone_at ? 'dim' : undefined}>
              <td>{one.from} {one.to_come && !one.undone_at && <Tag tone="warn">{t('change.toCome')}</Tag>}</td>
              <td>{one.node !== detail.node.id && <Link to={`/organisation/${one.node}`}>{one.node_name} </Link>}{what(one)} {one.undone_at && <Tag>{t('change.isUndone')}</Tag>}</td>
              <td>{one.reason || '–'}</td>
              <td>{one.by}<div className="small dim">{format.dateTime(one.at)}</div></td>
              {mayWrite && <td>{!one.undone_at && one.node === detail.node.id && <Button size="small" loading={undo.isPending && undo.variables === one.id} onClick={() => undo.mutate(one.id)}>{t('change.undo')}</Button>}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Fields { name?: string; parent?: string; from?: Dayjs; reason?: string }

function send(node: NodeItem, action: Action, fields: Fields) {
  const params = { path: { id: node.id } };
  const shared = { from: fields.from?.format('YYYY-MM-DD'), reason: fields.reason };
  if (action === 'rename') return body(api.PATCH('/api/v1/org/nodes/{id}', { params, body: { ...shared, name: fields.name } }));
  if (action === 'move') return body(api.PATCH('/api/v1/org/nodes/{id}', { params, body: { ...shared, parent: fields.parent } }));
  if (action === 'merge') return body(api.POST('/api/v1/org/nodes/{id}/merge', { params, body: { ...shared, into: fields.parent ?? '' } }));
  if (action === 'close') return body(api.POST('/api/v1/org/nodes/{id}/close', { params, body: shared }));
  return body(api.POST('/api/v1/org/nodes/{id}/reopen', { params, body: { ...shared, parent: fields.parent } }));
}

function ChangeNode({ node, action, onClose }: { node: NodeItem; action: Action; onClose: () => void }) {
  const { t } = useTranslation('org');
  const client = useQueryClient();
  const nodes = useQuery(nodesQuery);
  const change = useMutation({
    mutationFn: (fields: Fields) => send(node, action, fields),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['org'] });
      onClose();
    },
  });
  const [form] = Form.useForm<Fields>();
  const shown = change.error instanceof ApiProblem && change.error.errors[0] ? [change.error.errors[0].reason, change.error.errors[0].remedy].filter(Boolean).join(' · ') : undefined;
  const options = nodes.data?.items.filter((one) => one.open && one.id !== node.id).map((one) => ({ value: one.id, label: one.name }));
  return (
    <Modal open title={`${t(`change.${action}`)} · ${node.name}`} okText={t('change.save')} confirmLoading={change.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => change.mutate(fields)} initialValues={{ name: node.name }}>
        {action === 'rename' && <Form.Item name="name" label={t('node.name')} rules={[{ required: true, message: t('needed') }]}><Input maxLength={80} /></Form.Item>}
        {(action === 'move' || action === 'merge') && (
          <Form.Item name="parent" label={t(action === 'move' ? 'change.newParent' : 'change.into')} rules={[{ required: true, message: t('needed') }]}>
            <Select showSearch={{ optionFilterProp: 'label' }} options={options} />
          </Form.Item>
        )}
        <Form.Item name="from" label={t('change.from')} extra={t('change.fromNote')}><DatePicker style={{ width: '100%' }} placeholder={t('change.today')} /></Form.Item>
        <Form.Item name="reason" label={t('change.reason')}><Input maxLength={200} /></Form.Item>
      </Form>
      {shown ? <p role="alert" style={{ color: 'var(--error)' }}>{shown}</p> : change.error && <ErrorBox error={change.error} />}
    </Modal>
  );
}
