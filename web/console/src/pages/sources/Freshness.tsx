// How fresh each source, feed and store is, alarms first; how long each may be silent.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { FreshItem } from 'api/contract.ts';
import { Button, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { ErrorBox, Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { freshnessQuery } from '../../queries.ts';

const shownAtMost = 200;

export function Freshness() {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const mayWrite = useMay('source.write');
  const query = useQuery({ ...freshnessQuery, refetchInterval: 30_000 });
  const [kind, setKind] = useState<FreshItem['kind'] | 'alarm' | 'all'>('all');
  const [editing, setEditing] = useState<{ subject: string; name: string; minutes: number }>();
  return (
    <Card title={t('fresh.title')} flush
      extra={query.data && mayWrite && (
        <Button size="small" onClick={() => setEditing({ subject: 'stores', name: t('fresh.allStores'), minutes: query.data.stores_limit_min })}>
          {t('fresh.storesLimit', { time: span(query.data.stores_limit_min, t) })}
        </Button>
      )}>
      <Loaded query={query} rows={6}>
        {({ items, alarms, sources, stores }) => {
          const shown = items.filter((one) => (kind === 'all' ? true : kind === 'alarm' ? one.alarm : one.kind === kind));
          if (items.length === 0) return <Empty title={t('fresh.none')}>{t('fresh.noneText')}</Empty>;
          return (
            <>
              <div className="row" style={{ padding: '12px 16px' }}>
                <Select aria-label={t('fresh.kind')} value={kind} onChange={setKind} style={{ width: 150 }}
                  options={(['all', 'alarm', 'source', 'feed', 'store'] as const).map((value) => ({ value, label: t(`fresh.show.${value}`) }))} />
                <span role="status" className="dim">{t('fresh.sum', { sources: format.exact(sources), stores: format.exact(stores), alarms: format.exact(alarms) })}</span>
              </div>
              <div className="scroll-x">
                <table className="plain">
                  <thead><tr>
                    <th>{t('name')}</th><th>{t('lag')}</th><th>{t('fresh.limit')}</th><th className="num">{t('fresh.complete')}</th>
                    <th className="num">{t('fresh.late')}</th><th className="num">{t('fresh.duplicate')}</th><th className="num">{t('fresh.contradictory')}</th>
                  </tr></thead>
                  <tbody>{shown.slice(0, shownAtMost).map((one) => <Row key={one.subject} one={one} onEdit={mayWrite ? () => setEditing({ subject: one.subject, name: one.name, minutes: one.limit_min }) : undefined} />)}</tbody>
                </table>
              </div>
              {shown.length > shownAtMost && <div className="small dim" style={{ padding: '12px 16px' }}>{t('fresh.more', { count: shown.length - shownAtMost })}</div>}
            </>
          );
        }}
      </Loaded>
      {editing && <Limit {...editing} onClose={() => setEditing(undefined)} />}
    </Card>
  );
}

type T = ReturnType<typeof useTranslation<'sources'>>['t'];

// Minutes in words: days, hours or minutes, whichever is the largest that fits.
export function span(minutes: number, t: T): string {
  if (minutes === 0) return t('fresh.never');
  if (minutes >= 2880) return t('fresh.days', { count: Math.floor(minutes / 1440) });
  if (minutes >= 120) return t('fresh.hours', { count: Math.floor(minutes / 60) });
  return t('fresh.minutes', { count: minutes });
}

function Row({ one, onEdit }: { one: FreshItem; onEdit: (() => void) | undefined }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const lag = one.lag_min ?? undefined;
  const tone = one.alarm ? 'danger' : one.paused || lag === undefined ? 'neutral' : 'active';
  return (
    <tr>
      <td style={{ minWidth: 130 }}>
        {one.kind === 'store' && one.node ? <Link to={`/stores/${one.node}`}>{one.name}</Link> : one.name} <span className="dim small">{one.code || t(`fresh.show.${one.kind}`)}</span>
        {one.error && <div className="small" style={{ color: 'var(--error)' }}>{one.error}</div>}
      </td>
      <td><Tag tone={tone} title={one.last ? format.dateTimeSeconds(one.last) : undefined}>{one.paused ? t('feed.paused') : lag === undefined ? t('never') : span(Math.max(1, lag), t)}</Tag></td>
      <td style={{ whiteSpace: 'nowrap' }}>{onEdit ? <button type="button" className="bare door" onClick={onEdit}>{span(one.limit_min, t)}</button> : span(one.limit_min, t)}</td>
      <td className="num">{typeof one.days_expected === 'number' ? `${one.days_complete}/${one.days_expected}` : '–'}</td>
      <td className="num">{format.exact(one.late)}</td>
      <td className="num">{typeof one.duplicate === 'number' ? format.exact(one.duplicate) : '–'}</td>
      <td className="num">{one.contradictory > 0 && one.kind === 'store' ? <Link to="/reconcile">{format.exact(one.contradictory)}</Link> : format.exact(one.contradictory)}</td>
    </tr>
  );
}

function Limit({ subject, name, minutes, onClose }: { subject: string; name: string; minutes: number; onClose: () => void }) {
  const { t } = useTranslation('sources');
  const client = useQueryClient();
  const [hours, setHours] = useState<number | null>(minutes / 60);
  const save = useMutation({
    mutationFn: (limit_min: number | undefined) => body(api.PUT('/api/v1/freshness/limits', { body: { subject, limit_min } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['freshness'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('fresh.limitOf', { name })} onCancel={onClose}
      footer={<>
        <Button onClick={() => save.mutate(undefined)}>{t('fresh.usual')}</Button>
        <Button type="primary" disabled={hours === null} loading={save.isPending} onClick={() => save.mutate(Math.round((hours ?? 0) * 60))}>{t('fresh.save')}</Button>
      </>}>
      <label><div className="dim">{t('fresh.limitHours')}</div><InputNumber autoFocus min={0} max={2160} value={hours} onChange={setHours} /></label>
      <p className="small dim">{t('fresh.limitText')}</p>
      {save.error && <ErrorBox error={save.error} />}
    </Modal>
  );
}
