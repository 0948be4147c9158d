import { useQuery } from '@tanstack/react-query';
import type { Grain, MetricValue } from 'api/contract.ts';
import { Segmented, Select } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { exactText, figureText } from 'ui/MetricCard.tsx';
import { Sampled } from 'ui/Sampled.tsx';
import { Loaded } from 'ui/states.tsx';
import { daysBetween } from 'ui/time.ts';
import { other, series as colours, tokens } from 'ui/tokens.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { metricKey, trendQuery, type Comparison } from './keys.ts';

const Chart = lazy(() => import('ui/Chart.tsx'));
const height = 300;

interface Props {
  metrics: MetricValue[];
  from: string;
  to: string;
  node: string;
  compare: Comparison;
  chosen: string;
  grain: Grain | '';
  onMetric?: (key: string) => void;
  onGrain: (grain: Grain) => void;
}

const natural = (days: number): Grain => (days <= 62 ? 'day' : days <= 366 ? 'week' : 'month');

export function Trend({ metrics, from, to, node, compare, chosen, grain, onMetric, onGrain }: Props) {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const { phone } = useViewer();
  const [asTable, setAsTable] = useState(false);
  const metric = metrics.find((one) => metricKey(one) === chosen) ?? metrics[0];
  const shown = grain || natural(daysBetween(from, to) + 1);
  const span = { id: metric?.id ?? '', variant: metric?.variant ?? '', node, grain: shown };
  const now = useQuery({ ...trendQuery({ ...span, from, to }), enabled: metric !== undefined });
  const [thenFrom, thenTo] = [metric?.against_from ?? '', metric?.against_to ?? ''];
  const then = useQuery({ ...trendQuery({ ...span, from: thenFrom, to: thenTo }), enabled: thenFrom !== '' });
  if (!metric) return null;
  const name = format.pick(metric.name_zh, metric.name_en);
  const before = t(`compare.${compare}`);
  return (
    <Card title={<>{t('trend.title', { name })} <Sampled on={metric.sampled} /></>} label={t('trend.title', { name })} extra={
      <span className="row no-print" style={{ justifyContent: 'flex-end' }}>
        {onMetric && <Select size="small" aria-label={t('trend.metric')} value={metricKey(metric)} onChange={onMetric}
          style={{ width: phone ? 130 : 200 }} popupMatchSelectWidth={false}
          options={metrics.map((one) => ({ value: metricKey(one), label: format.pick(one.name_zh, one.name_en) }))} />}
        <Segmented size="small" aria-label={t('trend.grain')} value={shown} onChange={onGrain}
          options={(['day', 'week', 'month'] as const).map((value) => ({ value, label: t(`grain.${value}`) }))} />
        <Segmented size="small" aria-label={t('trend.as')} value={asTable ? 'table' : 'chart'} onChange={(value) => setAsTable(value === 'table')}
          options={(['chart', 'table'] as const).map((value) => ({ value, label: t(`trend.${value}`) }))} />
      </span>
    }>
      <Loaded query={now} rows={7}>
        {(value) => asTable ? <TrendTable metric={value} before={then.data} beforeName={before} /> : (
          <Suspense fallback={<div style={{ height }} />}>
            <TrendChart metric={value} name={name} before={then.data} beforeName={before} />
          </Suspense>
        )}
      </Loaded>
    </Card>
  );
}

interface Drawn { metric: MetricValue; before: MetricValue | undefined; beforeName: string }

// Points are laid over one another by place: first day over first day.
function TrendChart({ metric, name, before, beforeName }: Drawn & { name: string }) {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const { mode, phone } = useViewer();
  const option = useMemo(() => {
    const [strong] = colours[mode];
    const line = { type: 'line', symbol: 'circle', symbolSize: 6 };
    return {
      legend: undefined,
      grid: { left: 4, right: phone ? 12 : 96, top: 16, bottom: 0, containLabel: true },
      tooltip: { trigger: 'axis', confine: true, valueFormatter: (value: number | null) => exactText(format, metric, value) },
      xAxis: {
        type: 'category', boundaryGap: false, data: metric.series.map((point) => point.day),
        axisLabel: { formatter: (day: string) => day.slice(5), hideOverlap: true },
      },
      yAxis: {
        type: 'value', splitNumber: 4, scale: metric.unit === 'ratio',
        axisLabel: { formatter: (value: number) => figureText(format, metric, value, true) },
      },
      series: [
        {
          ...line, name, data: metric.series.map((point) => point.value ?? null), showSymbol: metric.series.length <= 40 && !phone,
          lineStyle: { width: 2, color: strong }, itemStyle: { color: strong }, z: 3,
        },
        ...(before ? [{
          ...line, name: beforeName, data: metric.series.map((_, index) => before.series[index]?.value ?? null), showSymbol: false,
          lineStyle: { width: 1.5, type: 'dashed', color: other }, itemStyle: { color: other },
          endLabel: { show: !phone, formatter: '{a}', color: tokens[mode].secondary },
        }] : []),
      ],
    };
  }, [metric, before, beforeName, name, mode, phone, format]);
  const values = metric.series.flatMap((point) => (point.value === null || point.value === undefined ? [] : [point.value]));
  const label = t('trend.sentence', {
    name, points: metric.series.length,
    least: figureText(format, metric, values.length > 0 ? Math.min(...values) : undefined),
    most: figureText(format, metric, values.length > 0 ? Math.max(...values) : undefined),
  });
  return <Chart option={option} mode={mode} height={phone ? 220 : height} label={label} />;
}

function TrendTable({ metric, before, beforeName }: Drawn) {
  const { t } = useTranslation('overview');
  const format = useFormat();
  return (
    <div className="scroll-x" style={{ maxHeight: height, overflowY: 'auto' }}>
      <table className="plain">
        <thead>
          <tr>
            <th>{t('trend.day')}</th><th className="num">{format.pick(metric.name_zh, metric.name_en)}</th>
            {before && <th className="num">{beforeName}</th>}
          </tr>
        </thead>
        <tbody>
          {metric.series.map((point, index) => (
            <tr key={point.day}>
              <td>{point.day}</td>
              <td className="num">{exactText(format, metric, point.value)}</td>
              {before && <td className="num dim" title={before.series[index]?.day}>{exactText(format, metric, before.series[index]?.value)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
