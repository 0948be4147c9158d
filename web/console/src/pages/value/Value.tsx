// What cohorts brought in per person, month of age by month, what they will bring, and how well that was foretold before.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { components } from 'api/schema.d.ts';
import { Segmented, Select } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { ask } from '../audience/ask.ts';
import { NodeSelect } from '../overview/NodeSelect.tsx';

type Schemas = components['schemas'];
type Reply = Schemas['performance.CohortsReply'];
type Shown = 'ltv' | 'retention';

const Chart = lazy(() => import('ui/Chart.tsx'));
const schema = { node: text('', 60), channel: text('', 40), show: oneOf<Shown>(['ltv', 'retention'], 'ltv') };

export default function Value() {
  const { t } = useTranslation('value');
  const format = useFormat();
  const mayFunnel = useMay('overview.read');
  const [{ node, channel, show }, change] = useUrlState(schema);
  const query = useQuery({
    queryKey: ['cohorts', node, channel], placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask<Reply>('GET', 'cohorts', { params: { query: { node: node || undefined, channel: channel || undefined } }, signal }),
  });
  const channels = useQuery({
    queryKey: ['cohorts', 'channels'], enabled: mayFunnel, staleTime: 300_000,
    queryFn: ({ signal }) => ask<Schemas['performance.Funnels']>('GET', 'funnels', { params: { query: { by: 'channel', limit: 30 } }, signal }),
  });
  const known = (channels.data?.items ?? []).flatMap((one) => (one.key ? [{ value: one.key, label: one.name || one.key }] : []));
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={query.data && <span className="small">{t('sub', { people: format.exact(query.data.people), to: query.data.to })}</span>}
        actions={(
          <>
            <NodeSelect value={node} onChange={(next) => change({ node: next })} />
            <Select aria-label={t('channel')} value={channel} style={{ minWidth: 130 }} popupMatchSelectWidth={false} onChange={(next: string) => change({ channel: next })}
              options={[{ value: '', label: t('anyChannel') }, ...known, ...(channel && !known.some((one) => one.value === channel) ? [{ value: channel, label: channel }] : [])]} />
          </>
        )} />
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={10}>
        {(reply) => (reply.items.length === 0 ? <div className="card"><Empty title={t('none')}>{t('noneText')}</Empty></div> : (
          <div className="stack">
            <Card title={t('cohorts')} flush extra={(
              <Segmented size="small" aria-label={t('cohorts')} value={show} onChange={(next) => change({ show: next })}
                options={(['ltv', 'retention'] as const).map((value) => ({ value, label: t(value) }))} />
            )}>
              <CohortTable reply={reply} show={show} />
            </Card>
            <p className="small dim">{t(show === 'ltv' ? 'ltvText' : 'retentionText')}</p>
            {reply.method ? <Forecast reply={reply} method={reply.method} /> : <Card title={t('forecast')}><Empty title={t('noModel')}>{t('noModelText')}</Empty></Card>}
            {reply.back_test && <BackTest test={reply.back_test} currency={reply.currency} />}
          </div>
        ))}
      </Loaded>
    </div>
  );
}

function CohortTable({ reply, show }: { reply: Reply; show: Shown }) {
  const { t } = useTranslation('value');
  const format = useFormat();
  const ages = Math.max(...reply.items.map((one) => one.months.length));
  const most = Math.max(1, ...reply.items.flatMap((one) => one.months.map((month) => month.ltv)));
  const deep = (share: number) => `color-mix(in srgb, var(--primary) ${String(Math.round(4 + 16 * Math.max(0, Math.min(1, share))))}%, transparent)`;
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th>{t('month')}</th><th className="num">{t('people')}</th>
            {Array.from({ length: ages }, (_, age) => <th key={age} className="num">{t('age', { count: age })}</th>)}
            {reply.method && <th className="num">{t('expected')}</th>}
          </tr>
        </thead>
        <tbody>
          {reply.items.map((cohort) => (
            <tr key={cohort.month}>
              <td className="strong" style={{ whiteSpace: 'nowrap' }}>{cohort.month}</td>
              <td className="num">{format.exact(cohort.people)}</td>
              {Array.from({ length: ages }, (_, age) => {
                const month = cohort.months[age];
                if (!month) return <td key={age} className="num dimmer">·</td>;
                return (
                  <td key={age} className="num" title={t('cell', { net: format.money(month.net, reply.currency), buyers: format.exact(month.buyers) })}
                    style={{ background: deep(show === 'ltv' ? month.ltv / most : month.retention) }}>
                    {show === 'ltv' ? format.money(Math.round(month.ltv), reply.currency) : format.ratio(month.retention)}
                  </td>
                );
              })}
              {reply.method && (
                <td className="num strong" style={{ whiteSpace: 'nowrap' }}>
                  {cohort.expected_ltv === null || cohort.expected_ltv === undefined ? '' : format.money(Math.round(cohort.expected_ltv), reply.currency)}
                  {typeof cohort.expected_ltv_low === 'number' && typeof cohort.expected_ltv_high === 'number' && (
                    <div className="small dim">{format.money(Math.round(cohort.expected_ltv_low), reply.currency)} – {format.money(Math.round(cohort.expected_ltv_high), reply.currency)}</div>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Forecast({ reply, method }: { reply: Reply; method: string }) {
  const { t } = useTranslation('value');
  const format = useFormat();
  const { mode, phone } = useViewer();
  const months = reply.forecast;
  const option = useMemo(() => {
    const line = (name: string, data: (number | null)[], dashed: boolean) => ({ type: 'line', name, data, symbol: 'circle', symbolSize: 5, lineStyle: { width: dashed ? 1 : 2, type: dashed ? 'dashed' : 'solid' } });
    const banded = months.some((one) => typeof one.low === 'number');
    return {
      grid: { left: 4, right: 12, top: 16, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis', confine: true, valueFormatter: (value: number | null) => format.money(value ?? undefined, reply.currency) },
      xAxis: { type: 'category', boundaryGap: false, data: months.map((one) => one.month), axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', splitNumber: 4, axisLabel: { formatter: (value: number) => format.moneyShort(value, true, reply.currency) } },
      series: [
        line(t('forecast'), months.map((one) => one.net), false),
        ...(banded ? [line(t('low'), months.map((one) => one.low ?? null), true), line(t('high'), months.map((one) => one.high ?? null), true)] : []),
      ],
    };
  }, [months, reply.currency, format, t]);
  const total = months.reduce((sum, one) => sum + one.net, 0);
  const sentence = t('forecastSentence', { people: format.exact(reply.people), net: format.money(total, reply.currency), method });
  return (
    <Card title={t('forecast')} extra={<span className="small dim">{method}</span>}>
      <p data-testid="forecast">{sentence}</p>
      <Suspense fallback={<div style={{ height: 240 }} />}><Chart option={option} mode={mode} height={phone ? 200 : 240} label={sentence} /></Suspense>
      <p className="small dim">{t('forecastText')}</p>
    </Card>
  );
}

function BackTest({ test, currency }: { test: Schemas['performance.BackTestView']; currency: string }) {
  const { t } = useTranslation('value');
  const format = useFormat();
  const money = (value: number) => format.money(value, currency);
  return (
    <Card title={t('backTest')} flush>
      <p style={{ padding: '0 12px' }} data-testid="back-test">
        {t('backTestText', { cut: test.cut, months: test.months, error: format.ratio(test.error), naive: format.ratio(test.naive_error) })}{' '}
        <span className="strong">{t(test.error < test.naive_error ? 'better' : 'worse')}</span>
      </p>
      <div className="scroll-x">
        <table className="plain">
          <thead><tr><th>{t('month')}</th><th className="num">{t('people')}</th><th className="num">{t('forecast')}</th><th className="num">{t('naive')}</th><th className="num">{t('actual')}</th></tr></thead>
          <tbody>
            {test.items.map((one) => (
              <tr key={one.month}><td>{one.month}</td><td className="num">{format.exact(one.people)}</td><td className="num">{money(one.forecast)}</td><td className="num">{money(one.naive)}</td><td className="num">{money(one.actual)}</td></tr>
            ))}
            <tr className="strong"><td colSpan={2}>{t('sum')}</td><td className="num">{money(test.forecast)}</td><td className="num">{money(test.naive)}</td><td className="num">{money(test.actual)}</td></tr>
          </tbody>
        </table>
      </div>
    </Card>
  );
}
