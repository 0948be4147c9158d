// Governance modes: what each locks, and which one holds where in the tree.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { GovernanceMode, GovernanceView, GovernedNode } from 'api/contract.ts';
import { Checkbox, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { governanceQuery } from '../../queries.ts';

const inherit = 'inherit';

export function GovernanceModes() {
  const query = useQuery(governanceQuery);
  return (
    <Loaded query={query} rows={8}>
      {(data) => <div className="stack"><Locks data={data} /><Branches data={data} /></div>}
    </Loaded>
  );
}

function Locks({ data }: { data: GovernanceView }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const put = (mode: GovernanceMode, locks: string[]) => body(api.PUT('/api/v1/governance/modes/{mode}', { params: { path: { mode } }, body: { locks } }));
  const save = useMutation({
    mutationFn: ({ mode, locks }: { mode: GovernanceMode; locks: string[]; before: string[] }) => put(mode, locks),
    onSuccess: (_, { mode, before }) => offerUndo(t('governance.saved', { mode: t(`governance.mode.${mode}`) }), async () => {
      await put(mode, before);
      await client.invalidateQueries({ queryKey: ['governance'] });
    }),
    onSettled: () => client.invalidateQueries({ queryKey: ['governance'] }),
  });
  return (
    <Card title={t('governance.locks')} flush>
      <p className="small dim" style={{ padding: '0 16px', margin: '0 0 8px' }}>{t('governance.locksText')}</p>
      {save.error && <ErrorBox error={save.error} />}
      <div className="scroll-x">
        <table className="plain">
          <thead>
            <tr>
              <th>{t('governance.locked')}</th>
              {data.modes.map((one) => (
                <th key={one.mode} style={{ textAlign: 'center' }}>{t(`governance.mode.${one.mode}`)}{!one.is_default && <> <Tag tone="progress">{t('governance.changed')}</Tag></>}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.lockable.map((one) => (
              <tr key={one.permission}>
                <td>{format.pick(one.name_zh, one.name_en)} <span className="mono dimmer">{one.permission}</span></td>
                {data.modes.map(({ mode, locks }) => (
                  <td key={mode} style={{ textAlign: 'center' }}>
                    <Checkbox checked={locks.includes(one.permission)} disabled={!data.may_change || save.isPending}
                      aria-label={t('governance.cell', { mode: t(`governance.mode.${mode}`), permission: format.pick(one.name_zh, one.name_en) })}
                      onChange={(event) => save.mutate({
                        mode, before: locks,
                        locks: event.target.checked ? [...locks, one.permission] : locks.filter((name) => name !== one.permission),
                      })} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

interface Row { node: GovernedNode; depth: number }

function rowsOf(nodes: GovernedNode[]): Row[] {
  const known = new Set(nodes.map((one) => one.node));
  const rows: Row[] = [];
  const walk = (parent: string | undefined, depth: number) => {
    for (const node of nodes.filter((one) => (one.parent && known.has(one.parent) ? one.parent : undefined) === parent)) {
      rows.push({ node, depth });
      walk(node.node, depth + 1);
    }
  };
  walk(undefined, 0);
  return rows;
}

function Branches({ data }: { data: GovernanceView }) {
  const { t } = useTranslation('org');
  const client = useQueryClient();
  const offerUndo = useUndo();
  const put = (id: string, mode?: GovernanceMode) => body(api.PUT('/api/v1/governance/nodes/{id}', { params: { path: { id } }, body: { mode } }));
  const save = useMutation({
    mutationFn: ({ node, mode }: { node: GovernedNode; mode?: GovernanceMode }) => put(node.node, mode),
    onSuccess: (_, { node }) => offerUndo(t('governance.set', { name: node.name }), async () => {
      await put(node.node, node.own);
      await client.invalidateQueries({ queryKey: ['governance'] });
    }),
    onSettled: () => client.invalidateQueries({ queryKey: ['governance'] }),
  });
  const rows = rowsOf(data.nodes);
  return (
    <Card title={t('governance.branches')} flush>
      {save.error && <ErrorBox error={save.error} />}
      {rows.length < 2 && <Empty title={t('governance.none')}>{t('governance.noneText')}</Empty>}
      <div className="scroll-x">
        <table className="plain">
          <thead><tr><th>{t('governance.node')}</th><th>{t('governance.holds')}</th><th>{t('governance.own')}</th></tr></thead>
          <tbody>
            {rows.map(({ node, depth }) => (
              <tr key={node.node}>
                <td style={{ paddingLeft: 16 + depth * 18 }}>{node.name}</td>
                <td>
                  {node.mode ? <Tag tone="progress">{t(`governance.mode.${node.mode}`)}</Tag> : <span className="dimmer">{node.kind === 'headquarters' ? t('governance.hq') : t('governance.free')}</span>}
                  {node.mode && !node.own && <span className="small dim"> {t('governance.from', { name: node.from })}</span>}
                </td>
                <td>
                  {node.kind !== 'headquarters' && (
                    <Select aria-label={t('governance.of', { name: node.name })} value={node.own ?? inherit} disabled={!data.may_change || save.isPending} style={{ width: 190 }}
                      options={[{ value: inherit, label: t('governance.inherit') }, ...data.modes.map(({ mode }) => ({ value: mode, label: t(`governance.mode.${mode}`) }))]}
                      onChange={(value: string) => save.mutate({ node, mode: data.modes.find((one) => one.mode === value)?.mode })} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
