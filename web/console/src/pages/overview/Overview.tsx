import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { MetricValue } from 'api/contract.ts';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Card } from 'ui/Card.tsx';
import DayRange from 'ui/DayRange.tsx';
import { figureText, MetricCard } from 'ui/MetricCard.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Sampled } from 'ui/Sampled.tsx';
import { BusyBar, Loaded } from 'ui/states.tsx';
import { range } from 'ui/time.ts';
import { day, oneOf, optional, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { Door } from '../../people/Door.tsx';
import { metricsQuery } from '../../queries.ts';
import { MetricMeaning } from '../metrics/Meaning.tsx';
import { Funnel } from '../stores/Funnel.tsx';
import { splits } from '../stores/league.ts';
import { CompareSelect } from './CompareSelect.tsx';
import { comparisons, metricKey, peopleOf } from './keys.ts';
import { NodeSelect } from './NodeSelect.tsx';
import { Regions } from './Regions.tsx';
import { RfmSummary } from './RfmSummary.tsx';
import { Trend } from './Trend.tsx';

const schema = {
  from: day(),
  to: day(),
  node: text('', 60),
  compare: oneOf([...comparisons], 'previous'),
  grain: optional(['day', 'week', 'month']),
  metric: text('net_sales', 40),
  org: oneOf(['today', 'event'], 'today'),
  split: oneOf([...splits], 'whole'),
} as const;

// Cards in the order of reading, the others after the trend; the factors of M-05 stand under M-04 and have no card of
// their own.
const order = ['net_sales', 'M-01/receipts', 'M-04', 'M-07/per_order', 'M-07/per_customer', 'M-09a', 'M-09b/rate', 'M-24'];
export default function Overview() {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const { phone } = useViewer();
  const [state, change] = useUrlState(schema);
  const fallback = range('last30', format.today());
  const from = state.from || fallback.from;
  const to = state.to || fallback.to;
  const query = useQuery({
    queryKey: ['overview', from, to, state.node, state.compare, state.org],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/overview', {
        params: { query: { from, to, node: state.node || undefined, compare: state.compare, org: state.org } }, signal,
      })),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <PageHeader title={t('title')}
        sub={query.data && <span className="small">{t('asOf', { from, to, time: format.dateTime(query.data.as_of) })}</span>}
        actions={
          <>
            <NodeSelect value={state.node} onChange={(node) => change({ node })} />
            <DayRange required label={t('period')} from={from} to={to} onChange={(first, last) => change({ from: first, to: last })} />
            <CompareSelect value={state.compare} onChange={(compare) => change({ compare })} />
          </>
        } />
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={9}>
        {(data) => (
          <div className="stack">
            <Cards metrics={first(data.metrics)} factors={data.metrics.filter((metric) => metric.id === 'M-05')} from={from} to={to} node={state.node} against={t(`compare.${state.compare}`)} />
            <Trend metrics={data.metrics} from={from} to={to} node={state.node} compare={state.compare} chosen={state.metric} grain={state.grain}
              onMetric={(metric) => change({ metric })} onGrain={(grain) => change({ grain })} />
            <Cards metrics={rest(data.metrics)} from={from} to={to} node={state.node} against={t(`compare.${state.compare}`)} />
            <Funnel span={{ from, to, node: state.node }} split={state.split} onSplit={(split) => change({ split })} />
            <div style={{ display: 'grid', gap: 12, gridTemplateColumns: phone ? 'minmax(0, 1fr)' : 'minmax(0, 3fr) minmax(320px, 2fr)' }}>
              <Card title={<>{t('regions.title')} <Sampled on={data.sampled} /></>} label={t('regions.title')} flush extra={(
                <Segmented size="small" aria-label={t('org.label')} value={state.org} onChange={(org) => change({ org })}
                  options={(['today', 'event'] as const).map((value) => ({ value, label: t(`org.${value}`) }))} />
              )}>
                <Regions rows={data.regions} from={from} to={to} />
              </Card>
              <Card title={t('rfm.title')} flush extra={<span className="small dim">{t('rfm.note')}</span>}>
                <RfmSummary rows={data.rfm} to={to} node={state.node} />
              </Card>
            </div>
          </div>
        )}
      </Loaded>
    </div>
  );
}

const first = (metrics: MetricValue[]): MetricValue[] => {
  const byKey = new Map(metrics.map((metric) => [metricKey(metric), metric]));
  return order.flatMap((key) => byKey.get(key) ?? []);
};
// The classes below say more than the count of M-38.
const rest = (metrics: MetricValue[]): MetricValue[] =>
  metrics.filter((metric) => metric.id !== 'M-05' && metric.id !== 'M-38' && !order.includes(metricKey(metric)));

interface CardsProps { metrics: MetricValue[]; factors?: MetricValue[]; from: string; to: string; node: string; against: string }

function Cards({ metrics, factors = [], from, to, node, against }: CardsProps) {
  const navigate = useNavigate();
  const { data: dictionary } = useQuery(metricsQuery);
  return (
    <div className="metrics">
      {metrics.map((metric) => (
        <MetricCard key={metricKey(metric)} metric={metric} against={against}
          definition={<MetricMeaning definition={dictionary?.items.find((one) => one.id === metric.id)} metric={metric} />}
          footer={metric.id === 'M-04' && factors.length > 0 ? <Factors factors={factors} /> : <Parts metric={metric} from={from} to={to} node={node} />}
          onOpen={() => void navigate(metricAddress(metric, from, to, node))} />
      ))}
    </div>
  );
}

function metricAddress(metric: MetricValue, from: string, to: string, node: string): string {
  const params = new URLSearchParams({ from, to });
  if (metric.variant) params.set('variant', metric.variant);
  if (node) params.set('node', node);
  return `/metric/${metric.id}?${params}`;
}

// 60.0% × 2.4 × £128: the three multiply to the figure above.
function Factors({ factors }: { factors: MetricValue[] }) {
  const format = useFormat();
  return (
    <span>
      {factors.map((factor, index) => (
        <span key={metricKey(factor)}>
          {index > 0 && ' × '}
          <span title={format.pick(factor.name_zh, factor.name_en)} className="defined">{figureText(format, factor, factor.value)}</span>
        </span>
      ))}
    </span>
  );
}

// How many people stand above and below the line; each opens them.
function Parts({ metric, from, to, node }: { metric: MetricValue; from: string; to: string; node: string }) {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const people = (part: 'numerator' | 'denominator', count: number) => (
    <Door people={peopleOf(metric, part, from, to, node)} title={format.exact(count)}>
      {t('people', { count, shown: format.count(count) })}
    </Door>
  );
  const same = metric.denominator === null || metric.denominator === undefined;
  return (
    <span>
      {people('numerator', metric.people_numerator)}
      {!same && <> / {people('denominator', metric.people_denominator)}</>}
    </span>
  );
}
