import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ListTable } from 'ui/ListTable.tsx';
import { Empty } from 'ui/states.tsx';
import { text, useUrlState } from 'ui/url-state.ts';
import { OrderCard, useOrderColumns } from '../../orders/columns.tsx';

const schema = { after: text('', 1000) };

export function CustomerOrders({ id }: { id: string }) {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const columns = useOrderColumns().filter((column) => column.key !== 'customer');
  const [{ after }, change] = useUrlState(schema);
  const query = useQuery({
    queryKey: ['customer', id, 'orders', after],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/customers/{id}/orders', { params: { path: { id }, query: { cursor: after || undefined, limit: 20 } }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <ListTable name="customer-orders" query={query} columns={columns} rowKey={(row) => row.id} card={(row) => <OrderCard row={row} />}
      onOpen={(row) => void navigate(`/orders/${row.id}`)} cursor={after} onCursor={(next) => change({ after: next }, 'push')}
      empty={<Empty title={t('ordersNone')}>{t('ordersNoneText')}</Empty>} />
  );
}
