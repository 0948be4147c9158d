// How good is what comes in: per source, and of one source per store; late, sent twice, contradictory, missing, the lag.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { QualityItem } from 'api/contract.ts';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import DayRange from 'ui/DayRange.tsx';
import { ExportButton } from 'ui/ExportButton.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { day, text, useUrlState } from 'ui/url-state.ts';
import { useFormat } from 'ui/viewer.tsx';
import { span } from './Freshness.tsx';

const schema = { from: day(), to: day(), of: text('', 60) };
const longest = 10_080;

export function Quality() {
  const { t } = useTranslation('sources');
  const [state, change] = useUrlState(schema);
  const asked = { from: state.from || undefined, to: state.to || undefined };
  const all = useQuery({
    queryKey: ['quality', asked],
    queryFn: ({ signal }) => body(api.GET('/api/v1/quality', { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
  });
  const of = all.data?.items.find((one) => one.source === state.of);
  const stores = useQuery({
    queryKey: ['quality', asked, state.of],
    queryFn: ({ signal }) => body(api.GET('/api/v1/quality', { params: { query: { ...asked, source: state.of } }, signal })),
    placeholderData: keepPreviousData,
    enabled: state.of !== '',
  });
  return (
    <div className="stack">
      <Loaded query={all} rows={6}>
        {({ from, to, items }) => (
          <>
            <div className="row"><DayRange label={t('quality.days')} required from={from} to={to} onChange={(first, last) => change({ from: first, to: last })} /></div>
            <Card flush title={t('quality.title')} extra={items.length > 0 && <ExportButton size="small" name="quality.csv" href={file(from, to)}>{t('quality.file')}</ExportButton>}>
              {items.length === 0 ? <Empty title={t('none')}>{t('noneText')}</Empty>
                : <Table items={items} onStores={(source) => change({ of: source }, 'push')} />}
            </Card>
            {state.of && (
              <Card flush title={t('quality.ofStores', { name: of?.name ?? '' })}
                extra={<span className="row tight"><ExportButton size="small" name="quality_stores.csv" href={file(from, to, state.of)}>{t('quality.file')}</ExportButton><Button size="small" onClick={() => change({ of: '' })}>{t('quality.close')}</Button></span>}>
                <Loaded query={stores} rows={4}>
                  {(reply) => (reply.items.length === 0 ? <Empty title={t('quality.noStores')}>{t('quality.noStoresText')}</Empty> : <Table items={reply.items} />)}
                </Loaded>
              </Card>
            )}
            <p className="small dim">{t('quality.text')}</p>
          </>
        )}
      </Loaded>
    </div>
  );
}

function file(from: string, to: string, source?: string): string {
  return `/api/v1/quality.csv?${new URLSearchParams({ from, to, ...(source && { source }) })}`;
}

function Table({ items, onStores }: { items: QualityItem[]; onStores?: (source: string) => void }) {
  const { t } = useTranslation('sources');
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr>
          <th>{t('name')}</th><th>{t('quality.complete')}</th><th className="num">{t('accepted')}</th><th className="num">{t('fresh.late')}</th>
          <th className="num">{t('fresh.duplicate')}</th><th className="num">{t('fresh.contradictory')}</th><th className="num">{t('refused')}</th>
          <th className="num">{t('quality.lag50')}</th><th className="num">{t('quality.lag99')}</th>
        </tr></thead>
        <tbody>{items.map((one) => <Row key={one.node ?? one.source} one={one} onStores={onStores} />)}</tbody>
      </table>
    </div>
  );
}

function Row({ one, onStores }: { one: QualityItem; onStores: ((source: string) => void) | undefined }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const lag = (minutes: number | null | undefined) =>
    typeof minutes !== 'number' ? '–' : t(minutes > longest ? 'quality.over' : 'quality.atMost', { time: span(Math.min(minutes, longest), t) });
  return (
    <tr>
      <td style={{ minWidth: 130 }} title={one.last ? format.dateTimeSeconds(one.last) : undefined}>
        {one.node ? <Link to={`/stores/${one.node}`}>{one.name}</Link> : one.name} {one.code && <span className="dim small">{one.code}</span>}
        {onStores && one.stores > 0 && <div><button type="button" className="bare door small" onClick={() => onStores(one.source)}>{t('quality.stores', { count: one.stores })}</button></div>}
      </td>
      <td style={{ whiteSpace: 'nowrap' }}>
        {one.days_expected === 0 ? '–' : <Tag tone={one.days_missing > 0 ? 'danger' : 'active'} title={t('quality.missing', { count: one.days_missing })}>{`${one.days_expected - one.days_missing}/${one.days_expected}`}</Tag>}
      </td>
      <td className="num">{format.exact(one.events)}</td>
      <td className="num">{format.exact(one.late)}</td>
      <td className="num">{format.exact(one.duplicate)}</td>
      <td className="num">{format.exact(one.contradictory)}</td>
      <td className="num">{format.exact(one.refused)}</td>
      <td className="num" style={{ whiteSpace: 'nowrap' }}>{lag(one.lag_p50_min)}</td>
      <td className="num" style={{ whiteSpace: 'nowrap' }}>{lag(one.lag_p99_min)}</td>
    </tr>
  );
}
