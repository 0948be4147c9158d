// One metric: what it means, its value for a period and a place, its trend, and the people above and below the line.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { MetricDefinition, MetricValue } from 'api/contract.ts';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Card } from 'ui/Card.tsx';
import DayRange from 'ui/DayRange.tsx';
import { Change, exactText, figureText } from 'ui/MetricCard.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Sampled } from 'ui/Sampled.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { range } from 'ui/time.ts';
import { day, oneOf, optional, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { Door } from '../../people/Door.tsx';
import { metricsQuery } from '../../queries.ts';
import { CompareSelect } from '../overview/CompareSelect.tsx';
import { comparisons } from '../overview/keys.ts';
import { NodeSelect } from '../overview/NodeSelect.tsx';
import { peopleOf } from '../overview/keys.ts';
import { Trend } from '../overview/Trend.tsx';
import { ownerName } from './owner.ts';

const schema = {
  from: day(), to: day(), node: text('', 60), variant: text('', 40),
  compare: oneOf([...comparisons], 'previous'),
  grain: optional(['day', 'week', 'month']),
};

export default function Metric() {
  const { t } = useTranslation('metrics');
  const { id = '' } = useParams();
  const dictionary = useQuery(metricsQuery);
  return (
    <div className="page">
      <Loaded query={dictionary} rows={6}>
        {(data) => {
          const definition = data.items.find((one) => one.id === id);
          if (!definition) return <div className="card"><Empty title={t('unknown')} actions={<Link to="/metric">{t('title')}</Link>} /></div>;
          return <Known definition={definition} />;
        }}
      </Loaded>
    </div>
  );
}

function Known({ definition }: { definition: MetricDefinition }) {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  const { phone } = useViewer();
  const [state, change] = useUrlState(schema);
  const fallback = range('last30', format.today());
  const from = state.from || fallback.from;
  const to = state.to || fallback.to;
  const variant = definition.variants.find((one) => one.id === state.variant) ?? definition.variants[0];
  const query = useQuery({
    queryKey: ['metric', definition.id, variant?.id ?? '', state.node, from, to, state.compare],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/metrics/{id}/value', {
        params: { path: { id: definition.id }, query: { from, to, compare: state.compare, variant: variant?.id, node: state.node || undefined } },
        signal,
      })),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHeader title={format.pick(definition.name_zh, definition.name_en)} lead={<span className="mono dim">{definition.id}</span>}
        sub={<Link to="/metric">{t('title')}</Link>}
        actions={
          <>
            <NodeSelect value={state.node} onChange={(node) => change({ node })} />
            <DayRange required label={t('window')} from={from} to={to} onChange={(first, last) => change({ from: first, to: last })} />
            <CompareSelect value={state.compare} onChange={(compare) => change({ compare })} />
          </>
        } />
      {definition.variants.length > 1 && (
        <Segmented aria-label={t('variant')} style={{ marginBottom: 12 }} value={variant?.id} onChange={(next) => change({ variant: next })}
          options={definition.variants.map((one) => ({ value: one.id, label: format.pick(one.name_zh, one.name_en) }))} />
      )}
      <BusyBar on={query.isFetching} />
      <div className="stack">
        <div style={{ display: 'grid', gap: 12, gridTemplateColumns: phone ? 'minmax(0, 1fr)' : 'minmax(0, 1fr) minmax(0, 1fr)' }}>
          <Card title={t('value')}>
            <Loaded query={query} rows={3}>{(metric) => <Value metric={metric} from={from} to={to} node={state.node} />}</Loaded>
          </Card>
          <Card title={t('meaning')}>
            <p style={{ marginBottom: 10 }}>{variant?.formula ?? definition.formula}</p>
            <dl className="facts">
              <dt>{t('inputs')}</dt><dd>{definition.inputs.map((input) => <span key={input} className="mono" style={{ marginRight: 8 }}>{input}</span>)}</dd>
              <dt>{t('unit')}</dt><dd>{t(`units.${variant?.unit ?? definition.unit}`)}</dd>
              <dt>{t('direction')}</dt><dd>{t(`directions.${definition.direction}`)}</dd>
              <dt>{t('owner')}</dt><dd>{ownerName(definition.owner, t)}</dd>
              <dt>{t('version')}</dt><dd>v{definition.version}</dd>
            </dl>
          </Card>
        </div>
        {query.data && (
          <Trend metrics={[query.data]} from={from} to={to} node={state.node} compare={state.compare} chosen="" grain={state.grain}
            onGrain={(grain) => change({ grain })} />
        )}
      </div>
    </>
  );
}

function Value({ metric, from, to, node }: { metric: MetricValue; from: string; to: string; node: string }) {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  const part = (name: 'numerator' | 'denominator', people: number) => (
    <Door people={peopleOf(metric, name, from, to, node)}>{t('people', { count: people, shown: format.exact(people) })}</Door>
  );
  return (
    <>
      <div className="row">
        <span style={{ fontSize: 26, lineHeight: '36px' }} className="strong" title={exactText(format, metric, metric.value)}>{figureText(format, metric, metric.value)}</span>
        <Change metric={metric} />
        <Sampled on={metric.sampled} />
        {metric.small_base && <Tag tone="warn">{t('smallBase')}</Tag>}
      </div>
      <dl className="facts" style={{ marginTop: 8 }}>
        <dt>{t('exact')}</dt><dd>{exactText(format, metric, metric.value)}</dd>
        <dt>{t('window')}</dt><dd>{metric.from} – {metric.to}</dd>
        <dt>{metric.denominator === undefined || metric.denominator === null ? t('behind') : t('numerator')}</dt>
        <dd>{part('numerator', metric.people_numerator)}</dd>
        {metric.denominator !== undefined && metric.denominator !== null && (
          <><dt>{t('denominator')}</dt><dd>{part('denominator', metric.people_denominator)}</dd></>
        )}
      </dl>
    </>
  );
}
