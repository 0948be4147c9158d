// Who did what, when, why: newest first. The same table stands on the audit page and as the log of an object.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { AuditItem } from 'api/contract.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shortId } from 'ui/CopyId.tsx';
import { ListTable, type Column } from 'ui/ListTable.tsx';
import { Empty } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { objectAddress } from '../../shell/matching.ts';

interface Props { object?: string; action?: string; actor?: string; text?: string; from?: string; to?: string; cursor?: string; onCursor?: (cursor: string) => void }

export function AuditTable({ object, action, actor, text, from, to, cursor, onCursor }: Props) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const actionName = useActionName();
  const [own, setOwn] = useState('');
  const at = onCursor ? (cursor ?? '') : own;
  const asked = { object: object || undefined, action: action || undefined, actor: actor || undefined, text: text || undefined, from: from || undefined, to: to || undefined };
  const query = useQuery({
    queryKey: ['audit', asked, at],
    queryFn: ({ signal }) => body(api.GET('/api/v1/audit', { params: { query: { ...asked, cursor: at || undefined, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
  });
  const columns: Column<AuditItem>[] = [
    { key: 'sequence', title: t('audit.sequence'), number: true, render: (row) => format.exact(row.sequence) },
    { key: 'at', title: t('audit.at'), render: (row) => <span style={{ whiteSpace: 'nowrap' }}>{format.dateTimeSeconds(row.at)}</span> },
    { key: 'actor', title: t('audit.actor'), render: (row) => <span title={row.actor_id}>{row.actor_name || shortId(row.actor_id) || '–'}</span> },
    { key: 'action', title: t('audit.action'), render: (row) => <span title={row.action}>{actionName(row.action)}</span> },
    { key: 'object', title: t('audit.object'), render: (row) => <ObjectName id={row.object} /> },
    { key: 'reason', title: t('audit.reason'), render: (row) => row.reason || '–' },
    { key: 'detail', title: t('audit.detail'), render: (row) => <Detail value={row.detail} /> },
    { key: 'request', title: t('audit.request'), hidden: true, render: (row) => <span className="mono">{row.request}</span> },
  ];
  return (
    <ListTable name="audit" query={query} columns={columns} rowKey={(row) => String(row.sequence)} cursor={at} onCursor={onCursor ?? setOwn}
      empty={<Empty title={t('audit.none')}>{t('audit.noneText')}</Empty>}
      card={(row) => (
        <div className="card-row">
          <div className="top"><span className="strong grow">{actionName(row.action)}</span><span className="small dim">{format.dateTime(row.at)}</span></div>
          <div className="below">{row.actor_name} · <ObjectName id={row.object} />{row.reason && ` · ${row.reason}`}</div>
        </div>
      )} />
  );
}

function ObjectName({ id }: { id: string }) {
  if (!id) return <>–</>;
  const address = objectAddress(id);
  return address ? <Link className="mono" to={address} title={id}>{shortId(id)}</Link> : <span className="mono" title={id}>{shortId(id)}</span>;
}

function Detail({ value }: { value: unknown }) {
  if (value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)) return <>–</>;
  const text = JSON.stringify(value);
  return <span className="mono one-line" style={{ display: 'inline-block', maxWidth: 320, verticalAlign: 'bottom' }} title={text}>{text}</span>;
}

// What the server writes into the audit log (tools/tidy compares); each has its words.
export const actions = [
  'audience.archive', 'audience.change', 'audience.create', 'audience.export',
  'audience.funnel', 'audience.lifecycle', 'audience.lifecycle_archive', 'audience.lifecycle_change', 'audience.lifecycle_restore',
  'audience.lifecycle_undo', 'audience.model_run', 'audience.publish',
  'audience.restore', 'audience.strategy', 'audience.strategy_drop', 'audience.strategy_order', 'audience.tag', 'audience.tag_group',
  'audience.tag_undo', 'audience.untag', 'audit.export', 'capture.add', 'capture.invite', 'capture.start', 'capture.stop',
  'catalogue.accept_unknown', 'catalogue.drop', 'catalogue.hold_unknown', 'catalogue.put', 'catalogue.release', 'catalogue.remove',
  'customer.bulk_read', 'customer.conflict.apart', 'customer.conflict.merge', 'customer.conflict.reopened', 'customer.detach', 'customer.household.add', 'customer.household.milestone', 'customer.household.remove', 'customer.referral',
  'customer.erase', 'customer.erase_again', 'customer.erase_residue', 'customer.export', 'customer.merge', 'customer.privacy.copy',
  'customer.reveal', 'customer.rule', 'customer.unmerge', 'feed.add', 'feed.pause', 'feed.remove', 'feed.resume', 'feed.run',
  'freshness.limit', 'governance.locks', 'governance.mode', 'import.attach', 'import.check', 'import.profile_remove',
  'import.profile_save', 'import.retry', 'import.run', 'import.take_back', 'import.upload', 'job.cancel', 'key.create', 'key.revoke',
  'cycle.change', 'cycle.close', 'cycle.drop', 'cycle.item', 'cycle.make', 'cycle.reopen', 'cycle.start', 'keys.rotate', 'keys.settle', 'lead.add', 'lead.assign', 'lead.claim', 'lead.convert', 'lead.lose', 'lead.recycle', 'org.node_add', 'org.node_move', 'org.node_remove',
  'org.node_rename', 'org.node_undo', 'org.post_needs', 'partner_key.add', 'partner_key.revoke', 'partner_key.secret', 'pipeline.retry',
  'retention.take', 'role.add', 'role.change', 'role.remove', 'role.upgrade', 'session.end', 'session.enter', 'session.link', 'session.password',
  'session.recovery_code', 'session.refused', 'session.second_factor', 'session.second_factor_off', 'session.sign_in', 'session.sign_out',
  'session.switch', 'session.unlink', 'session.view_as', 'session.view_end', 'setting.change', 'setting.set', 'source.create', 'staff.add',
  'staff.code', 'staff.disable', 'staff.enable', 'staff.leave', 'staff.list_change', 'staff.post', 'staff.post_end', 'staff.post_withdraw', 'staff.reset',
  'store_day.accept', 'store_day.correct', 'store_day.explain', 'store_day.withdraw', 'tenant.create', 'webhook.add', 'webhook.remove',
  'webhook.replay', 'webhook.start', 'webhook.stop',
  'bulk_read.close', 'export.approve', 'export.ask', 'export.decline', 'export.expire', 'export.file', 'export.refused', 'export.withdraw', 'import.rejects', 'role.export_limit',
] as const;
type Action = (typeof actions)[number];

export function useActionName(): (action: string) => string {
  const { t } = useTranslation('system');
  return (action) => {
    const known = actions.find((one) => one === action);
    return known ? t(`actions.${known.replaceAll('.', '_') as ActionKey}`) : action;
  };
}
type Joined<A extends string> = A extends `${infer Noun}.${infer Rest}` ? `${Noun}_${Joined<Rest>}` : A;
type ActionKey = Joined<Action>;
