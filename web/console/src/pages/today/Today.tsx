// What needs me, in five minutes: the brief of yesterday, what went wrong, the long work of the day. Made for the phone of
// a store manager as much as for a desk; the scope is that of whoever is signed in.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { Definition } from 'ui/Definition.tsx';
import { Job } from 'ui/Job.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { addDays } from 'ui/time.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { FigureCards } from '../../people/FigureCards.tsx';
import { bulkReadsQuery, exportsWaitingQuery, freshnessQuery, importsQuery, jobsQuery, sourcesQuery } from '../../queries.ts';
import { useOfStores } from '../../session.ts';
import { runningCyclesQuery } from '../cycles/ask.ts';
import { vacanciesQuery } from '../org/queries.ts';
import { alarmsOf } from './alarms.ts';

// In the order of reading.
const brief = ['net_sales', 'orders', 'customers', 'new_customers', 'M-01/receipts', 'M-07/per_order', 'M-24', 'returns_share'];
const jobsShown = 5;

export default function Today() {
  const { t } = useTranslation('today');
  const format = useFormat();
  const day = addDays(format.today(), -1);
  const query = useQuery({
    queryKey: ['overview', day, day, '', 'previous'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/overview', { params: { query: { from: day, to: day, compare: 'previous' } }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <PageHeader title={t('title')}
        sub={query.data && <span className="small">{t('asOf', { day, time: format.dateTime(query.data.as_of) })}</span>}
        actions={<Links />} />
      <div className="stack">
        <Loaded query={query} rows={5}>{(data) => <FigureCards metrics={data.metrics} order={brief} from={day} to={day} against={t('against')} />}</Loaded>
        <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))', alignItems: 'start' }}>
          <Alarms sold={query.data?.metrics.find((metric) => metric.id === 'orders')?.value ?? undefined} />
          <Jobs />
        </div>
      </div>
    </div>
  );
}

// The two next pages of a store manager's round.
function Links() {
  const { t } = useTranslation('today');
  const mayPeople = useMay('customer.read');
  return (
    <span className="row">
      {mayPeople && <Link to="/customers">{t('people')}</Link>}
      <Link to={useOfStores() ? '/results' : '/overview'}>{t('results')}</Link>
    </span>
  );
}

function Alarms({ sold }: { sold: number | undefined }) {
  const { t } = useTranslation('today');
  const { now } = useViewer();
  const maySources = useMay('source.read');
  const mayImports = useMay('import.read');
  const maySystem = useMay('system.read');
  const mayJobs = useMay('job.read');
  const mayOrg = useMay('org.read');
  const sources = useQuery({ ...sourcesQuery, enabled: maySources });
  const freshness = useQuery({ ...freshnessQuery, enabled: maySources });
  const imports = useQuery({ ...importsQuery, enabled: mayImports });
  const jobs = useQuery({ ...jobsQuery, enabled: mayJobs });
  const parked = useQuery({
    queryKey: ['system', 'parked'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/system/parked', { signal })),
    enabled: maySystem,
  });
  const vacancies = useQuery({ ...vacanciesQuery, enabled: mayOrg });
  const cycles = useQuery({ ...runningCyclesQuery, enabled: useMay('cycle.read') });
  const bulkReads = useQuery({ ...bulkReadsQuery, enabled: useMay('audit.read') });
  const exportsWaiting = useQuery({ ...exportsWaitingQuery, enabled: useMay('export.approve') });
  const found = alarmsOf({
    now: now(), sold, sources: sources.data?.items, freshness: freshness.data?.items, imports: imports.data?.items, jobs: jobs.data?.items,
    parked: parked.data && parked.data.events.length + parked.data.batches.length, vacancies: vacancies.data?.items, cycles: cycles.data?.items,
    bulkReads: bulkReads.data?.items, exportsWaiting: exportsWaiting.data?.to_decide,
  });
  const asked = [sources, freshness, imports, jobs, parked, vacancies, cycles, bulkReads, exportsWaiting];
  const failed = asked.some((query) => query.error);
  const waiting = asked.some((query) => query.isLoading);
  return (
    <Card title={<Definition title={t('alarms.title')} content={t('alarms.why')}>{t('alarms.title')}</Definition>} label={t('alarms.title')} flush>
      {failed && <div className="card-body small dim" role="status">{t('alarms.partly')}</div>}
      {found.length === 0 && !waiting && !failed && <Empty title={t('alarms.none')}>{t('alarms.noneText')}</Empty>}
      <ul className="cards" aria-busy={waiting}>
        {found.map((alarm) => (
          <li key={`${alarm.kind}/${alarm.to}/${alarm.name}`}>
            <Link to={alarm.to} className="card-row">
              <span className="row">
                <Tag tone={alarm.tone}>{t(`kind.${alarm.kind}`)}</Tag>
                <span className="grow">{t(`alarm.${alarm.kind}`, { name: alarm.name, count: alarm.count })}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Jobs() {
  const { t } = useTranslation('today');
  const allowed = useMay('job.read');
  const query = useQuery({ ...jobsQuery, enabled: allowed });
  if (!allowed) return null;
  return (
    <Card title={t('jobs.title')} extra={<Link to="/system?tab=jobs" className="small">{t('jobs.all')}</Link>} flush>
      <Loaded query={query} rows={3}>
        {({ items }) => items.length === 0 ? <Empty title={t('jobs.none')}>{t('jobs.noneText')}</Empty> : (
          <ul className="cards">
            {items.slice(0, jobsShown).map((job) => <li key={job.id} style={{ padding: '8px 12px' }}><Job job={job} compact /></li>)}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
