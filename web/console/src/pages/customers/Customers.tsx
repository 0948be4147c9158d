import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { CustomerItem, CustomerSort } from 'api/contract.ts';
import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ListTable, useTotal } from 'ui/ListTable.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { QueryForm, type QueryField } from 'ui/QueryForm.tsx';
import { Empty } from 'ui/states.tsx';
import { addDays } from 'ui/time.ts';
import { day, oneOf, optional, text, useUrlState, whole } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { CustomerCard, useCustomerColumns } from '../../people/columns.tsx';
import { exportAddress } from '../../people/people.ts';
import { SavedViews } from '../../people/SavedViews.tsx';
import { rfmClasses } from '../../people/rfm.ts';
import { nodesQuery } from '../../queries.ts';
import { FindPerson } from './FindPerson.tsx';

const sorts = ['last_order', 'net_spend', 'orders', 'first_seen'] as const satisfies readonly CustomerSort[];
const schema = {
  class: optional(rfmClasses),
  node: text('', 60),
  known: optional(['1', '0']),
  from: day(),
  to: day(),
  sort: oneOf(sorts, 'last_order'),
  size: whole(20, 1, 200),
  after: text('', 1000),
};

// What few visits need comes when somebody is chosen.
const ExportButton = lazy(async () => ({ default: (await import('ui/ExportButton.tsx')).ExportButton }));
const PeopleBar = lazy(() => import('../../people/PeopleBar.tsx'));

// The server takes so many by their ids; more are taken by the filters.
const chosenMost = 200;

// Views everybody has; each is a set of filters and nothing more.
type ViewName = 'all' | 'new' | 'valuable' | 'winBack';
const views: ViewName[] = ['all', 'new', 'valuable', 'winBack'];

export default function Customers() {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const navigate = useNavigate();
  const { permissions } = useViewer();
  const mayExport = useMay('customer.export');
  const total = useTotal(true);
  const columns = useCustomerColumns();
  const [state, change] = useUrlState(schema);
  const [chosen, setChosen] = useState<string[]>([]);
  const [everybody, setEverybody] = useState(false);
  const choose = (next: string[]) => {
    setChosen(next.slice(0, chosenMost));
    setEverybody(false);
  };
  const { data: nodes } = useQuery({ ...nodesQuery, enabled: permissions.has('org.read') });
  const filters = {
    rfm_class: state.class || undefined,
    node: state.node || undefined,
    known: state.known === '' ? undefined : state.known === '1',
    first_from: state.from || undefined,
    first_to: state.to || undefined,
    sort: state.sort,
  };
  const query = useQuery({
    queryKey: ['customers', filters, state.size, state.after],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/customers', { params: { query: { ...filters, limit: state.size, cursor: state.after || undefined } }, signal })),
    placeholderData: keepPreviousData,
  });
  const fields: QueryField[] = [
    { kind: 'select', key: 'class', label: t('filter.class'), options: rfmClasses.map((value) => ({ value, label: t(`rfm.${value}`) })) },
    { kind: 'select', key: 'node', label: t('filter.node'), search: true, options: (nodes?.items ?? []).map((node) => ({ value: node.id, label: node.name })) },
    { kind: 'select', key: 'known', label: t('filter.known'), options: [{ value: '1', label: t('filter.isKnown') }, { value: '0', label: t('filter.isAnonymous') }] },
    { kind: 'days', key: 'first', label: t('filter.first'), from: 'from', to: 'to' },
  ];
  const newFrom = addDays(format.today(), -30);
  const preset: Record<ViewName, Record<string, string>> = {
    all: {},
    new: { from: newFrom },
    valuable: { class: 'important_value' },
    winBack: { class: 'important_retain' },
  };
  // Who was chosen belongs to the list that was looked at.
  const ask = (next: Partial<typeof state>, how?: 'push') => {
    choose([]);
    change({ ...next, after: '' }, how);
  };
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={query.data && total(query.data.total)}
        actions={
          <>
            <FindPerson />
            {permissions.has('import.run') && <Button onClick={() => void navigate('/imports')}>{t('import')}</Button>}
            {mayExport && <Suspense fallback={<Button>{t('export')}</Button>}><ExportButton href={exportAddress(filters)} name="customers.csv">{t('export')}</ExportButton></Suspense>}
          </>
        } />
      <SavedViews list="customers" label={t('views')} ready={views.map((value) => ({ value, label: t(`view.${value}`), filters: preset[value] }))}
        now={{ class: state.class, node: state.node, known: state.known, from: state.from, to: state.to }}
        onOpen={(view) => ask({ class: '', node: '', known: '', from: '', to: '', ...view } as Partial<typeof state>, 'push')} />
      <QueryForm fields={fields} values={{ class: state.class, node: state.node, known: state.known, from: state.from, to: state.to }}
        onChange={(next) => ask(next as Partial<typeof state>)} />
      <ListTable<CustomerItem> name="customers" people query={query} chosen={chosen} onChoose={choose}
        bar={
          chosen.length > 0 && <Suspense><PeopleBar chosen={chosen} everybody={everybody} total={query.data?.total.value ?? 0} filters={filters}
            onEverybody={() => setEverybody(true)} onClear={() => choose([])} /></Suspense>
        } columns={columns} rowKey={(row) => row.id}
        card={(row) => <CustomerCard row={row} />} onOpen={(row) => void navigate(`/customers/${row.id}`)}
        sort={state.sort} onSort={(sort) => change({ sort: sort as CustomerSort, after: '' })}
        cursor={state.after} onCursor={(after) => change({ after }, 'push')}
        size={state.size} onSize={(size) => change({ size, after: '' })}
        empty={
          <Empty title={t('none')} actions={permissions.has('import.run') ? <Link to="/imports">{t('import')}</Link> : undefined}>
            {t('noneText')}
          </Empty>
        } />
    </div>
  );
}
