// How a customer stands in a list: the same on the page, in the drawer and in the file.
import type { CustomerItem } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shortId } from 'ui/CopyId.tsx';
import type { Column } from 'ui/ListTable.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { RfmTag } from './RfmTag.tsx';

export function useCustomerColumns(): Column<CustomerItem>[] {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return [
    {
      key: 'customer', title: t('column.customer'),
      render: (row) => (
        <span style={{ whiteSpace: 'nowrap' }}>
          <Link to={`/customers/${row.id}`}>{row.name_masked || t('noName')}</Link>{' '}
          <span className="mono dimmer" title={row.id}>{shortId(row.id)}</span>
        </span>
      ),
    },
    {
      key: 'identity', title: t('column.identity'),
      render: (row) => <span style={{ whiteSpace: 'nowrap' }}>{identityText(row) || <span className="dimmer">{t('anonymous')}</span>}</span>,
    },
    { key: 'class', title: t('column.class'), render: (row) => <RfmTag name={row.rfm_class} /> },
    { key: 'home', title: t('column.home'), render: (row) => row.home_node_name ?? '–' },
    {
      key: 'orders', title: t('column.orders'), number: true, sort: 'orders',
      render: (row) => <Link to={`/customers/${row.id}?tab=orders`}>{format.exact(row.orders)}</Link>,
    },
    { key: 'spend', title: t('column.spend'), number: true, sort: 'net_spend', render: (row) => format.money(row.net_spend.minor, row.net_spend.currency) },
    { key: 'last', title: t('column.last'), sort: 'last_order', render: (row) => <span style={{ whiteSpace: 'nowrap' }}>{format.dateTime(row.last_order_at)}</span> },
    { key: 'first', title: t('column.first'), hidden: true, render: (row) => <span style={{ whiteSpace: 'nowrap' }}>{format.dateTime(row.first_seen_at)}</span> },
  ];
}

export const identityText = (row: CustomerItem): string =>
  row.identities.map((one) => one.masked).filter(Boolean).slice(0, 2).join(' · ');

export function CustomerCard({ row }: { row: CustomerItem }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const facts = [identityText(row), row.home_node_name, t('ordersOf', { count: row.orders, shown: format.exact(row.orders) }), format.day(row.last_order_at)];
  return (
    <Link to={`/customers/${row.id}`} className="card-row">
      <span className="top">
        <span className="strong" style={{ color: 'var(--link)' }}>{row.name_masked || t('noName')}</span>
        <RfmTag name={row.rfm_class} />
        <span className="num strong grow">{format.money(row.net_spend.minor, row.net_spend.currency)}</span>
      </span>
      <span className="below">{facts.filter(Boolean).join(' · ')}</span>
    </Link>
  );
}
