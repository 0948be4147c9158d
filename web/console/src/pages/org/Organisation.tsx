// Who works where: the tree, and the staff of the chosen node.
import { CaretDownOutlined, CaretRightOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { NodeItem, StaffItem } from 'api/contract.ts';
import { App, Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { Link } from 'react-router';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { NewNode } from './NewNode.tsx';
import { NewStaff } from './NewStaff.tsx';
import { Posts } from './Posts.tsx';
import { staffQuery, vacanciesQuery } from './queries.ts';
import { rowsOf } from './tree.ts';

const tabs = ['tree', 'posts'] as const;
const schema = { node: text('', 60), tab: oneOf<(typeof tabs)[number]>(tabs, 'tree') };

export default function Organisation() {
  const { t } = useTranslation('org');
  const mayWrite = useMay('org.write');
  const nodes = useQuery(nodesQuery);
  const staff = useQuery(staffQuery);
  const [state, change] = useUrlState(schema);
  const [adding, setAdding] = useState<'node' | 'staff'>();
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={nodes.data && t('sub', { nodes: nodes.data.items.length, staff: staff.data?.items.length ?? 0 })}
        actions={mayWrite && (
          <>
            <Button onClick={() => setAdding('node')}>{t('node.new')}</Button>
            <Button type="primary" onClick={() => setAdding('staff')}>{t('staff.new')}</Button>
          </>
        )} />
      <ViewTabs label={t('title')} value={state.tab} options={tabs.map((value) => ({ value, label: t(`tab.${value}`) }))} onChange={(tab) => change({ tab, node: '' })} />
      {state.tab === 'posts' ? <Posts /> : <People nodes={nodes} staff={staff} chosen={state.node} onChoose={(node) => change({ node })} onPosts={() => change({ tab: 'posts', node: '' })} />}
      {adding === 'node' && <NewNode nodes={nodes.data?.items ?? []} parent={state.node} onClose={() => setAdding(undefined)} />}
      {adding === 'staff' && <NewStaff nodes={nodes.data?.items ?? []} node={state.node} onClose={() => setAdding(undefined)} />}
    </div>
  );
}

interface PeopleProps { nodes: UseQueryResult<{ items: NodeItem[] }>; staff: UseQueryResult<{ items: StaffItem[] }>; chosen: string; onChoose: (node: string) => void; onPosts: () => void }

function People({ nodes, staff, chosen, onChoose, onPosts }: PeopleProps) {
  const { t } = useTranslation('org');
  const { phone } = useViewer();
  return (
    <>
      <Vacancies onOpen={onPosts} />
      <div style={{ display: 'grid', gap: 12, gridTemplateColumns: phone ? 'minmax(0, 1fr)' : 'minmax(300px, 2fr) minmax(0, 3fr)', alignItems: 'start' }}>
        <Card title={t('tree')} flush>
          <Loaded query={nodes} rows={8}>
            {({ items }) => <Tree nodes={items} staff={staff.data?.items ?? []} chosen={chosen} onChoose={onChoose} />}
          </Loaded>
        </Card>
        <Card title={t('staff.title')} flush>
          <Loaded query={staff} rows={4}>
            {({ items }) => <Staff items={items.filter((one) => !chosen || one.posts.some((post) => post.node === chosen))} />}
          </Loaded>
        </Card>
      </div>
    </>
  );
}

// Posts that every node of a kind needs and that nobody holds today.
function Vacancies({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation('org');
  const { data } = useQuery(vacanciesQuery);
  if (!data || data.items.length === 0) return null;
  return (
    <div className="card row" role="status" style={{ padding: 12, marginBottom: 12 }}>
      <Tag tone="warn">{t('vacant.title', { count: data.items.length })}</Tag>
      <span className="grow one-line dim">{[...new Set(data.items.map((one) => one.node_name))].slice(0, 3).join(' · ')}</span>
      <Button type="link" onClick={onOpen}>{t('vacant.all')}</Button>
    </div>
  );
}

interface TreeProps { nodes: NodeItem[]; staff: StaffItem[]; chosen: string; onChoose: (node: string) => void }

function Tree({ nodes, staff, chosen, onChoose }: TreeProps) {
  const { t } = useTranslation('org');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => {
    const at = new Map<string, number>();
    for (const person of staff) for (const post of person.posts) at.set(post.node, (at.get(post.node) ?? 0) + 1);
    return rowsOf(nodes, folded, at);
  }, [nodes, staff, folded]);
  const fold = (id: string) =>
    setFolded((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <div style={{ maxHeight: '70vh', overflowY: 'auto', padding: 6 }}>
      {rows.map(({ node, depth, children, staff: people }) => (
        <div key={node.id} className="row" style={{ paddingLeft: depth * 18, minHeight: 34, flexWrap: 'nowrap', borderRadius: 6, background: chosen === node.id ? 'var(--selected)' : undefined }}>
          {children > 0 ? (
            <button type="button" className="bare dimmer" style={{ width: 24, textAlign: 'center' }} aria-expanded={!folded.has(node.id)}
              aria-label={t('fold', { name: node.name })} onClick={() => fold(node.id)}>
              {folded.has(node.id) ? <CaretRightOutlined /> : <CaretDownOutlined />}
            </button>
          ) : <span style={{ width: 24 }} />}
          <button type="button" className="bare grow row tight" style={{ flexWrap: 'nowrap', minHeight: 34 }} aria-pressed={chosen === node.id}
            onClick={() => onChoose(chosen === node.id ? '' : node.id)}>
            <span className="one-line">{node.name}</span>
            <span className="mono dimmer one-line">{node.code}</span>
          </button>
          {!node.open && <Tag>{t('change.closed')}</Tag>}
          <Link className="small" to={`/organisation/${node.id}`} aria-label={t('node.open', { name: node.name })}>{t('node.more')}</Link>
          {people > 0 && <span className="small dim">{t('people', { count: people })}</span>}
          <Tag>{t(`kind.${node.kind}`)}</Tag>
        </div>
      ))}
    </div>
  );
}

function Staff({ items }: { items: StaffItem[] }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const mayWrite = useMay('org.write');
  const { message } = App.useApp();
  const client = useQueryClient();
  const set = useMutation({
    mutationFn: ({ id, active }: { id: string; active: boolean }) => body(api.PATCH('/api/v1/staff/{id}', { params: { path: { id } }, body: { active } })),
    onError: (error) => void message.error(error.message),
    onSettled: () => client.invalidateQueries({ queryKey: ['staff'] }),
  });
  if (items.length === 0) return <Empty title={t('staff.none')}>{t('staff.noneText')}</Empty>;
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('staff.name')}</th><th>{t('staff.login')}</th><th>{t('staff.posts')}</th><th>{t('staff.state')}</th>{mayWrite && <ActionsHead />}</tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <td><span className="row tight"><Link to={`/staff/${one.id}`}>{one.name}</Link><CopyId id={one.id} /></span></td>
              <td className="mono">{one.login}</td>
              <td>{one.posts.map((post) => <div key={`${post.node}${post.role}`}>{post.node_name} · {format.pick(post.role_name_zh, post.role_name_en)}</div>)}</td>
              <td>{one.active ? <Tag tone="active">{t('staff.active')}</Tag> : <Tag>{t('staff.disabled')}</Tag>}</td>
              {mayWrite && (
                <td><Button size="small" loading={set.isPending && set.variables.id === one.id} onClick={() => set.mutate({ id: one.id, active: !one.active })}>
                  {one.active ? t('staff.disable') : t('staff.enable')}</Button></td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
