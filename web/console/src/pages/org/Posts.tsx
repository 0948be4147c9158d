// Posts: which ones stand empty, who holds which, and which every node of a kind must have. Made for a head of
// operations: filled, ended and required here, each with the way back.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { HolderItem, NodeKind, PostNeed, VacancyItem } from 'api/contract.ts';
import { Button, DatePicker, Form, InputNumber, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { ExportButton } from 'ui/ExportButton.tsx';
import { BusyBar, Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { addDays } from 'ui/time.ts';
import { useUndo } from 'ui/undo.tsx';
import { day, optional, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { rolesQuery, staffQuery, vacanciesQuery } from './queries.ts';

const kinds: NodeKind[] = ['store', 'region', 'city', 'team', 'partner', 'online', 'headquarters'];
const schema = { kind: optional<NodeKind>(kinds), role: text('', 60), node: text('', 60), on: day() };
const shownFirst = 20;

// Who could not be seen before is seen after: vacancies, the directory, the staff, the alarms of the day.
function useAgain() {
  const client = useQueryClient();
  return () => Promise.all([client.invalidateQueries({ queryKey: ['org'] }), client.invalidateQueries({ queryKey: ['staff'] })]);
}

const put = (staff: string, post: { node: string; role: string; from?: string | null; until?: string | null }) =>
  body(api.POST('/api/v1/staff/{id}/posts', { params: { path: { id: staff } }, body: { node: post.node, role: post.role, from: post.from ?? undefined, until: post.until ?? undefined } }));

export function Posts() {
  const { t } = useTranslation('org');
  const format = useFormat();
  const [state, change] = useUrlState(schema);
  const asked = { day: state.on || undefined, kind: state.kind || undefined, role: state.role || undefined, node: state.node || undefined };
  const vacancies = useQuery({
    queryKey: ['org', 'vacancies', asked],
    queryFn: ({ signal }) => body(api.GET('/api/v1/org/vacancies', { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
  });
  const holders = useQuery({
    queryKey: ['org', 'posts', asked],
    queryFn: ({ signal }) => body(api.GET('/api/v1/org/posts', { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
  });
  const nodes = useQuery(nodesQuery);
  const roles = useQuery(rolesQuery);
  const [filling, setFilling] = useState<VacancyItem>();
  const [ending, setEnding] = useState<HolderItem>();
  const href = `/api/v1/org/vacancies.csv?${new URLSearchParams(Object.entries(asked).filter((one): one is [string, string] => Boolean(one[1])))}`;
  return (
    <div className="stack">
      <div className="post-filters">
        <Select allowClear aria-label={t('post.kind')} placeholder={t('post.kind')} value={state.kind || undefined}
          options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))} onChange={(kind?: NodeKind) => change({ kind: kind ?? '' })} />
        <Select allowClear aria-label={t('post.role')} placeholder={t('post.role')} value={state.role || undefined}
          options={roles.data?.items.map((one) => ({ value: one.id, label: format.pick(one.name_zh, one.name_en) }))} onChange={(role?: string) => change({ role: role ?? '' })} />
        <Select allowClear showSearch={{ optionFilterProp: 'label' }} aria-label={t('post.within')} placeholder={t('post.within')} value={state.node || undefined}
          options={nodes.data?.items.filter((one) => one.open).map((one) => ({ value: one.id, label: one.name }))} onChange={(node?: string) => change({ node: node ?? '' })} />
        <DatePicker aria-label={t('post.on')} placeholder={t('post.today')} inputReadOnly value={state.on ? dayjs(state.on) : null} onChange={(value: Dayjs | null) => change({ on: value?.format('YYYY-MM-DD') ?? '' })} />
      </div>
      <BusyBar on={vacancies.isFetching || holders.isFetching} />
      <Card title={vacancies.data ? t('post.vacant', { count: vacancies.data.items.length }) : t('post.vacantTitle')} flush extra={<ExportButton href={href} name="vacancies.csv" size="small">{t('post.csv')}</ExportButton>}>
        <Loaded query={vacancies} rows={4}>{({ items }) => <Vacancies items={items} onFill={setFilling} />}</Loaded>
      </Card>
      <Card title={holders.data ? t('post.holders', { count: holders.data.items.length }) : t('post.holdersTitle')} flush>
        <Loaded query={holders} rows={4}>{({ items }) => <Holders items={items} onEnd={setEnding} />}</Loaded>
      </Card>
      <Needs />
      {filling && <Fill post={filling} onClose={() => setFilling(undefined)} />}
      {ending && <End post={ending} onClose={() => setEnding(undefined)} />}
    </div>
  );
}

function useShort<T>(items: T[]): { shown: T[]; more: React.ReactNode } {
  const { t } = useTranslation('org');
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, shownFirst);
  return { shown, more: shown.length < items.length && <div style={{ padding: 8 }}><Button block type="text" onClick={() => setAll(true)}>{t('post.all', { count: items.length })}</Button></div> };
}

function Vacancies({ items, onFill }: { items: VacancyItem[]; onFill: (one: VacancyItem) => void }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const { phone } = useViewer();
  const mayWrite = useMay('post.write');
  const { shown, more } = useShort(items);
  if (items.length === 0) return <Empty title={t('post.none')}>{t('post.noneText')}</Empty>;
  const since = (one: VacancyItem) => (one.since ? t('post.since', { day: one.since, name: one.last_holder }) : t('post.never'));
  const held = (one: VacancyItem) => t('post.held', { held: one.held, needed: one.needed });
  const fill = (one: VacancyItem) => mayWrite && <Button size={phone ? 'middle' : 'small'} onClick={() => onFill(one)}>{t('post.fill')}</Button>;
  return (
    <>
      {phone ? (
        <ul className="cards">
          {shown.map((one) => (
            <li key={one.node + one.role} className="row" style={{ padding: 12, flexWrap: 'nowrap' }}>
              <span className="grow">
                <Link to={`/organisation/${one.node}`}>{one.node_name}</Link> · {format.pick(one.role_name_zh, one.role_name_en)} <Tag tone="warn">{held(one)}</Tag>
                <div className="small dim">{one.parent_name} · {since(one)}</div>
              </span>
              {fill(one)}
            </li>
          ))}
        </ul>
      ) : (
        <table className="plain">
          <thead><tr><th>{t('post.above')}</th><th>{t('staff.node')}</th><th>{t('post.role')}</th><th>{t('post.heldTitle')}</th><th>{t('post.sinceTitle')}</th>{mayWrite && <ActionsHead />}</tr></thead>
          <tbody>
            {shown.map((one) => (
              <tr key={one.node + one.role}>
                <td className="dim">{one.parent_name}</td>
                <td><Link to={`/organisation/${one.node}`}>{one.node_name}</Link></td>
                <td>{format.pick(one.role_name_zh, one.role_name_en)}</td>
                <td><Tag tone="warn">{held(one)}</Tag></td>
                <td className="small">{since(one)}</td>
                {mayWrite && <td>{fill(one)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more}
    </>
  );
}

function Holders({ items, onEnd }: { items: HolderItem[]; onEnd: (one: HolderItem) => void }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const { phone } = useViewer();
  const mayWrite = useMay('post.write');
  const { shown, more } = useShort(items);
  if (items.length === 0) return <Empty title={t('post.nobody')}>{t('post.nobodyText')}</Empty>;
  const days = (one: HolderItem) => (one.from || one.until ? `${one.from ?? '…'} – ${one.until ?? '…'}` : t('staff.always'));
  const mark = (one: HolderItem) => (!one.held ? <Tag tone="progress">{t('post.toCome')}</Tag> : one.dedicated ? <Tag tone="active">{t('post.dedicated')}</Tag> : <Tag>{t('post.shared')}</Tag>);
  const end = (one: HolderItem) => mayWrite && <Button size={phone ? 'middle' : 'small'} onClick={() => onEnd(one)}>{t('staff.endPost')}</Button>;
  const key = (one: HolderItem) => one.staff + one.node + one.role;
  return (
    <>
      {phone ? (
        <ul className="cards">
          {shown.map((one) => (
            <li key={key(one)} className="row" style={{ padding: 12, flexWrap: 'nowrap' }}>
              <span className="grow">
                <Link to={`/staff/${one.staff}`}>{one.name}</Link> · {format.pick(one.role_name_zh, one.role_name_en)} {mark(one)}
                <div className="small dim">{one.node_name} · {days(one)}</div>
              </span>
              {end(one)}
            </li>
          ))}
        </ul>
      ) : (
        <table className="plain">
          <thead><tr><th>{t('staff.node')}</th><th>{t('post.role')}</th><th>{t('staff.one')}</th><th>{t('staff.days')}</th><th>{t('post.mark')}</th>{mayWrite && <ActionsHead />}</tr></thead>
          <tbody>
            {shown.map((one) => (
              <tr key={key(one)}>
                <td><Link to={`/organisation/${one.node}`}>{one.node_name}</Link></td>
                <td>{format.pick(one.role_name_zh, one.role_name_en)}</td>
                <td><Link to={`/staff/${one.staff}`}>{one.name}</Link></td>
                <td>{days(one)}</td>
                <td>{mark(one)}</td>
                {mayWrite && <td>{end(one)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more}
    </>
  );
}

interface Fields { staff?: string; from?: Dayjs; until?: Dayjs }
const iso = (value?: Dayjs) => value?.format('YYYY-MM-DD');

function Fill({ post, onClose }: { post: VacancyItem; onClose: () => void }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const [form] = Form.useForm<Fields>();
  const staff = useQuery(staffQuery);
  const again = useAgain();
  const offerUndo = useUndo();
  const save = useMutation({
    mutationFn: async ({ staff: id = '', from, until }: Fields) => {
      // What the person has of this post already comes back when it is undone.
      const before = (await body(api.GET('/api/v1/staff/{id}', { params: { path: { id } } }))).posts.find((one) => one.node === post.node && one.role === post.role);
      await put(id, { node: post.node, role: post.role, from: iso(from), until: iso(until) });
      return { id, before };
    },
    onSuccess: ({ id, before }) => {
      const name = staff.data?.items.find((one) => one.id === id)?.name ?? '';
      offerUndo(t('post.filled', { name, node: post.node_name }), async () => {
        if (before) await put(id, before);
        else await body(api.POST('/api/v1/staff/{id}/posts/withdraw', { params: { path: { id } }, body: { node: post.node, role: post.role } }));
        await again();
      });
      onClose();
    },
    onSettled: again,
  });
  return (
    <Modal open title={`${post.node_name} · ${format.pick(post.role_name_zh, post.role_name_en)}`} okText={t('post.fill')} confirmLoading={save.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => save.mutate(fields)}>
        <Form.Item name="staff" label={t('staff.one')} rules={[{ required: true, message: t('needed') }]}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={staff.data?.items.filter((one) => one.active).map((one) => ({ value: one.id, label: [one.name, one.posts[0]?.node_name].filter(Boolean).join(' · ') }))} />
        </Form.Item>
        <Form.Item name="from" label={t('staff.from')}><DatePicker inputReadOnly style={{ width: '100%' }} placeholder={t('staff.always')} /></Form.Item>
        <Form.Item name="until" label={t('staff.until')}><DatePicker inputReadOnly style={{ width: '100%' }} placeholder={t('staff.always')} /></Form.Item>
      </Form>
      {save.error && <ErrorBox error={save.error} />}
    </Modal>
  );
}

function End({ post, onClose }: { post: HolderItem; onClose: () => void }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const [form] = Form.useForm<Fields>();
  const again = useAgain();
  const offerUndo = useUndo();
  const save = useMutation({
    mutationFn: ({ until }: Fields) => body(api.POST('/api/v1/staff/{id}/posts/end', { params: { path: { id: post.staff } }, body: { node: post.node, role: post.role, until: iso(until) } })),
    onSuccess: () => {
      offerUndo(t('post.ended', { name: post.name, node: post.node_name }), async () => {
        await put(post.staff, post);
        await again();
      });
      onClose();
    },
    onSettled: again,
  });
  return (
    <Modal open title={`${t('staff.endPost')} · ${post.name} · ${post.node_name} · ${format.pick(post.role_name_zh, post.role_name_en)}`} okText={t('staff.endPost')} confirmLoading={save.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ until: dayjs(addDays(format.today(), -1)) }} onFinish={(fields) => save.mutate(fields)}>
        <Form.Item name="until" label={t('staff.until')} extra={t('post.untilNote')} rules={[{ required: true, message: t('needed') }]}><DatePicker inputReadOnly style={{ width: '100%' }} /></Form.Item>
      </Form>
      {save.error && <ErrorBox error={save.error} />}
    </Modal>
  );
}

function Needs() {
  const { t } = useTranslation('org');
  const format = useFormat();
  const mayWrite = useMay('post.write');
  const { data } = useQuery(vacanciesQuery);
  const roles = useQuery(rolesQuery);
  const again = useAgain();
  const offerUndo = useUndo();
  const [adding, setAdding] = useState<{ kind?: NodeKind; role?: string }>({});
  const set = (items: PostNeed[]) => body(api.PUT('/api/v1/org/post-needs', { body: { items } }));
  const save = useMutation({
    mutationFn: ({ items }: { items: PostNeed[]; before: PostNeed[] }) => set(items),
    onSuccess: (_, { before }) => {
      setAdding({});
      offerUndo(t('post.needsSaved'), async () => {
        await set(before);
        await again();
      });
    },
    onSettled: again,
  });
  if (!data) return null;
  const needs = data.needs;
  const names = new Map(roles.data?.items.map((one) => [one.id, format.pick(one.name_zh, one.name_en)]));
  const same = (one: PostNeed, two: { kind?: NodeKind; role?: string }) => one.kind === two.kind && one.role === two.role;
  const change = (items: PostNeed[]) => save.mutate({ items, before: needs });
  const { kind, role } = adding;
  return (
    <Card title={t('post.needs')} flush>
      <p className="small dim" style={{ padding: '8px 16px', margin: 0 }}>{t('post.needsText')}</p>
      {save.error && <ErrorBox error={save.error} />}
      {needs.length === 0 && <Empty title={t('post.noNeeds')} />}
      <ul className="cards">
        {needs.map((one) => (
          <li key={one.kind + one.role} className="row" style={{ padding: '8px 16px', flexWrap: 'nowrap' }}>
            <span className="grow">{t('post.every', { kind: t(`kind.${one.kind}`), role: names.get(one.role) ?? '' })}</span>
            <InputNumber aria-label={t('post.minimum', { kind: t(`kind.${one.kind}`), role: names.get(one.role) ?? '' })} min={1} max={100} precision={0} disabled={!mayWrite || save.isPending} key={one.minimum} defaultValue={one.minimum} changeOnWheel={false} style={{ width: 84 }}
              onBlur={(event) => {
                const minimum = Number(event.target.value);
                if (minimum >= 1 && minimum <= 100 && minimum !== one.minimum) change(needs.map((need) => (same(need, one) ? { ...need, minimum } : need)));
              }} onPressEnter={(event) => event.currentTarget.blur()} />
            {mayWrite && <Button disabled={save.isPending} onClick={() => change(needs.filter((need) => !same(need, one)))}>{t('post.drop')}</Button>}
          </li>
        ))}
        {mayWrite && (
          <li className="row" style={{ padding: '8px 16px' }}>
            <Select aria-label={t('post.kind')} placeholder={t('post.kind')} value={kind} style={{ minWidth: 110 }} options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))} onChange={(value: NodeKind) => setAdding({ kind: value, role })} />
            <Select aria-label={t('post.role')} placeholder={t('post.role')} value={role} style={{ minWidth: 140 }} options={[...names].map(([value, label]) => ({ value, label }))} onChange={(value: string) => setAdding({ kind, role: value })} />
            <Button disabled={!kind || !role || needs.some((one) => same(one, adding))} loading={save.isPending} onClick={() => kind && role && change([...needs, { kind, role, minimum: 1 }])}>{t('post.require')}</Button>
          </li>
        )}
      </ul>
    </Card>
  );
}
