// How an order stands in a list, on its own page and on a customer's.
import type { OrderItem, OrderKind } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shortId } from 'ui/CopyId.tsx';
import type { Column } from 'ui/ListTable.tsx';
import { Tag } from 'ui/Tag.tsx';
import type { Tone } from 'ui/tokens.ts';
import { useFormat } from 'ui/viewer.tsx';
import { useChannelName } from './channel.ts';

const tone: Record<OrderKind, Tone> = { sale: 'active', return: 'warn', adjustment: 'neutral' };

export function OrderTag({ kind }: { kind: OrderKind }) {
  const { t } = useTranslation('orders');
  return <Tag tone={tone[kind]}>{t(`kind.${kind}`)}</Tag>;
}

// Who sold: by name, or the source's code as long as it names nobody here.
export function Guide({ row }: { row: OrderItem }) {
  const { t } = useTranslation('orders');
  if (row.guide_name) return <>{row.guide_name}</>;
  if (row.guide_code) return <span className="dim" title={t('guideUnknown')}>{row.guide_code} ?</span>;
  return <span className="dimmer">–</span>;
}

export function useOrderColumns(): Column<OrderItem>[] {
  const { t } = useTranslation('orders');
  const channelName = useChannelName();
  const format = useFormat();
  return [
    { key: 'number', title: t('number'), render: (row) => <Link to={`/orders/${row.id}`}>{row.number}</Link> },
    { key: 'kind', title: t('kindTitle'), render: (row) => <OrderTag kind={row.kind} /> },
    { key: 'paid', title: t('paid'), render: (row) => <span style={{ whiteSpace: 'nowrap' }}>{format.dateTime(row.paid_at)}</span> },
    { key: 'node', title: t('node'), render: (row) => row.node_name ?? '–' },
    {
      key: 'customer', title: t('customer'),
      render: (row) => row.customer ? <Link className="mono" to={`/customers/${row.customer}`} title={row.customer}>{shortId(row.customer)}</Link>
        : <span className="dimmer">{t('anonymous')}</span>,
    },
    { key: 'guide', title: t('guide'), render: (row) => <Guide row={row} /> },
    { key: 'channel', title: t('channel'), hidden: true, render: (row) => (row.channel ? channelName(row.channel) : '–') },
    { key: 'lines', title: t('lines'), number: true, render: (row) => format.exact(row.lines) },
    { key: 'net', title: t('net'), number: true, render: (row) => format.money(row.net.minor, row.net.currency) },
  ];
}

export function OrderCard({ row }: { row: OrderItem }) {
  const { t } = useTranslation('orders');
  const format = useFormat();
  return (
    <Link to={`/orders/${row.id}`} className="card-row">
      <span className="top">
        <span className="strong" style={{ color: 'var(--link)' }}>{row.number}</span>
        <OrderTag kind={row.kind} />
        <span className="num strong grow">{format.money(row.net.minor, row.net.currency)}</span>
      </span>
      <span className="below">
        {[format.dateTime(row.paid_at), row.node_name, row.guide_name ?? row.guide_code, t('lineCount', { count: row.lines }), row.customer ? shortId(row.customer) : t('anonymous')].filter(Boolean).join(' · ')}
      </span>
    </Link>
  );
}
