import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ListTable, useTotal } from 'ui/ListTable.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { QueryForm, type QueryField } from 'ui/QueryForm.tsx';
import { Empty } from 'ui/states.tsx';
import { range } from 'ui/time.ts';
import { day, text, useUrlState, whole } from 'ui/url-state.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { OrderCard, useOrderColumns } from '../../orders/columns.tsx';
import { SavedViews } from '../../people/SavedViews.tsx';
import { nodesQuery } from '../../queries.ts';

const schema = { number: text('', 80), from: day(), to: day(), node: text('', 60), size: whole(20, 1, 200), after: text('', 1000) };

export default function Orders() {
  const { t } = useTranslation('orders');
  const navigate = useNavigate();
  const { permissions } = useViewer();
  const format = useFormat();
  const total = useTotal();
  const columns = useOrderColumns();
  const [state, change] = useUrlState(schema);
  const { data: nodes } = useQuery({ ...nodesQuery, enabled: permissions.has('org.read') });
  const asked = {
    number: state.number || undefined, from: state.from || undefined, to: state.to || undefined, node: state.node || undefined,
    limit: state.size, cursor: state.after || undefined,
  };
  const query = useQuery({
    queryKey: ['orders', asked],
    queryFn: ({ signal }) => body(api.GET('/api/v1/orders', { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
  });
  const fields: QueryField[] = [
    { kind: 'text', key: 'number', label: t('number'), placeholder: t('numberWhole') },
    { kind: 'days', key: 'paid', label: t('paid'), from: 'from', to: 'to' },
    { kind: 'select', key: 'node', label: t('node'), search: true, options: (nodes?.items ?? []).map((node) => ({ value: node.id, label: node.name })) },
  ];
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={query.data && total(query.data.total)} />
      <SavedViews list="orders" label={t('views')} now={{ number: state.number, from: state.from, to: state.to, node: state.node }}
        ready={[
          { value: 'all', label: t('view.all'), filters: {} },
          ...(['yesterday', 'last7', 'last30'] as const).map((value) => ({ value, label: t(`view.${value}`), filters: { ...range(value, format.today()) } })),
        ]}
        onOpen={(view) => change({ number: '', from: '', to: '', node: '', ...view, after: '' }, 'push')} />
      <QueryForm fields={fields} values={{ number: state.number, from: state.from, to: state.to, node: state.node }}
        onChange={(next) => change({ ...(next as Partial<typeof state>), after: '' })} />
      <ListTable name="orders" query={query} columns={columns} rowKey={(row) => row.id} card={(row) => <OrderCard row={row} />}
        onOpen={(row) => void navigate(`/orders/${row.id}`)} cursor={state.after} onCursor={(after) => change({ after }, 'push')}
        size={state.size} onSize={(size) => change({ size, after: '' })} empty={<Empty title={t('none')}>{t('noneText')}</Empty>} />
    </div>
  );
}
