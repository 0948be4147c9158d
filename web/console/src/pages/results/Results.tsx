// My store's truth, made for the phone of a store manager or guide: today, yesterday, this month, each held against what
// went before, and the people behind every figure.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { Change } from 'ui/MetricCard.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { addDays, range } from 'ui/time.ts';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { FigureCards } from '../../people/FigureCards.tsx';
import { useMe } from '../../session.ts';
import { comparisonsOf, type Comparison, type Span, spans } from './spans.ts';

const order = ['net_sales', 'orders', 'customers', 'M-01/receipts', 'M-07/per_order', 'M-09b/rate'];
const schema = { span: oneOf<Span>(spans, 'yesterday'), compare: text('', 20), node: text('', 60) };

export default function Results() {
  const { t } = useTranslation('results');
  const format = useFormat();
  const { scope, staff } = useMe();
  const mayPeople = useMay('customer.read');
  const [state, change] = useUrlState(schema);
  const today = format.today();
  const { from, to } = periodOf(state.span, today);
  const offered = comparisonsOf(state.span);
  const compare: Comparison = offered.find((one) => one === state.compare) ?? offered[0];
  const stores = scope.nodes.filter(({ kind }) => kind === 'store');
  const node = stores.some(({ id }) => id === state.node) ? state.node : '';
  const only = stores.length === 1 ? stores[0] : stores.find(({ id }) => id === node);
  const query = useQuery({
    queryKey: ['overview', from, to, node, compare],
    queryFn: ({ signal }) => body(api.GET('/api/v1/overview', { params: { query: { from, to, compare, node: node || undefined } }, signal })),
    placeholderData: keepPreviousData,
  });
  const sold = query.data?.metrics.some((metric) => metric.id === 'orders' && (metric.value ?? 0) > 0);
  return (
    <div className="page">
      <PageHeader title={t('title')}
        sub={<span className="small">{only ? only.name : scope.all ? t('whole') : t('every', { count: stores.length })}{query.data && ` · ${t('asOf', { time: format.dateTime(query.data.as_of) })}`}</span>}
        actions={(
          <>
            {stores.length > 1 && (
              <Select className="grows" aria-label={t('store')} value={node} style={{ width: 200 }} showSearch={{ optionFilterProp: 'label' }} onChange={(next: string) => change({ node: next })}
                options={[{ value: '', label: t('every', { count: stores.length }) }, ...stores.map(({ id, name }) => ({ value: id, label: name }))]} />
            )}
            <Select className="grows" aria-label={t('compare')} value={compare} style={{ width: 200 }} onChange={(next: Comparison) => change({ compare: next === offered[0] ? '' : next })}
              options={offered.map((value) => ({ value, label: t(`against.${state.span}.${value}`) }))} />
          </>
        )} />
      <ViewTabs label={t('period')} value={state.span} options={spans.map((value) => ({ value, label: t(`span.${value}`) }))} onChange={(span) => change({ span, compare: '' })} />
      <BusyBar on={query.isFetching} />
      <p className="small dim" style={{ marginBottom: 8 }}>{from === to ? from : t('days', { from, to })}{to === today && ` · ${t('running')}`}</p>
      <div className="stack">
        <Loaded query={query} rows={4}>
          {(data) => sold === false ? <div className="card"><Empty title={t(`none.${state.span}`)}>{t('noneText')}</Empty></div>
            : <FigureCards metrics={data.metrics} order={order} from={from} to={to} node={node} against={t(`against.${state.span}.${compare}`)} />}
        </Loaded>
        {staff && <Own staff={staff.id} from={from} to={to} />}
        <div className="card">
          <ul className="cards">
            {mayPeople && <li><Link className="card-row" to="/customers">{t('people')}</Link></li>}
            {only && <li><Link className="card-row" to={`/stores/${only.id}?${new URLSearchParams({ from, to })}`}>{t('funnel')}</Link></li>}
          </ul>
        </div>
      </div>
    </div>
  );
}

function periodOf(span: Span, today: string): { from: string; to: string } {
  if (span === 'today') return { from: today, to: today };
  if (span === 'yesterday') return { from: addDays(today, -1), to: addDays(today, -1) };
  return range('thisMonth', today);
}

// What was sold under one's own name: the funnel of one guide, always held against as many days before.
function Own({ staff, from, to }: { staff: string; from: string; to: string }) {
  const { t } = useTranslation('results');
  const format = useFormat();
  const query = useQuery({
    queryKey: ['funnel', 'guide', staff, from, to],
    queryFn: ({ signal }) => body(api.GET('/api/v1/funnel', { params: { query: { from, to, guide: staff } }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Card title={t('own.title')} extra={<span className="small dim">{t('own.note')}</span>}>
      <Loaded query={query} rows={2}>
        {(funnel) => {
          const steps = funnel.items.filter((step) => step.metric);
          if (funnel.net_sales === 0 && steps.every((step) => step.people === 0)) return <p className="dim">{t('own.none')}</p>;
          return (
            <div className="counts">
              <div><div className="dim small">{t('own.sales')}</div><div className="n" title={format.money(funnel.net_sales)}>{format.moneyShort(funnel.net_sales)}</div></div>
              {steps.map((step) => (
                <div key={step.stage}>
                  <div className="dim small">{format.pick(step.name_zh, step.name_en)}</div>
                  <div className="n">{t('own.people', { count: step.people, shown: format.count(step.people) })}</div>
                  <div className="small"><Change metric={{ unit: 'count', value: step.people, previous: step.previous_people }} /></div>
                  {step.rate_zh && <div className="small dimmer">{format.pick(step.rate_zh, step.rate_en)} {format.ratio(step.rate)}</div>}
                </div>
              ))}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}
