import { useQuery } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Skeleton } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { Guide, OrderTag } from '../../orders/columns.tsx';
import { useChannelName } from '../../orders/channel.ts';

export default function Order() {
  const { t } = useTranslation('orders');
  const { id = '' } = useParams();
  const format = useFormat();
  const channelName = useChannelName();
  const { data, error, refetch } = useQuery({
    queryKey: ['order', id],
    queryFn: ({ signal }) => body(api.GET('/api/v1/orders/{id}', { params: { path: { id } }, signal })),
  });
  if (error instanceof ApiProblem && error.status === 404) {
    return (
      <div className="page narrow"><div className="card">
        <Empty title={t('missing')} actions={<Link to="/orders">{t('title')}</Link>}>{t('missingText')}</Empty>
      </div></div>
    );
  }
  if (!data) return <div className="page">{error ? <ErrorBox error={error} retry={() => void refetch()} /> : <Skeleton />}</div>;
  const { order, lines, tenders } = data;
  return (
    <div className="page">
      <PageHeader title={t('one', { number: order.number })} lead={<span className="row tight"><OrderTag kind={order.kind} /><CopyId id={order.id} /></span>}
        sub={format.dateTime(order.paid_at)} />
      <div className="stack">
        <Card label={t('facts')}>
          <dl className="facts">
            <dt>{t('net')}</dt><dd className="strong">{format.money(order.net.minor, order.net.currency)}</dd>
            <dt>{t('customer')}</dt>
            <dd>{order.customer ? <Link className="mono" to={`/customers/${order.customer}`}>{order.customer}</Link> : t('anonymousLong')}</dd>
            <dt>{t('node')}</dt><dd>{order.node_name ?? '–'}</dd>
            <dt>{t('guide')}</dt><dd><Guide row={order} /></dd>
            <dt>{t('channel')}</dt><dd>{order.channel ? channelName(order.channel) : '–'}</dd>
          </dl>
        </Card>
        {tenders.length > 0 && (
          <Card title={t('tenders')}>
            <dl className="facts">
              {tenders.map((one, place) => (
                <Fragment key={place}><dt>{one.method}</dt><dd>{one.amount ? format.money(one.amount.minor, one.amount.currency) : t('tenderWhole')}</dd></Fragment>
              ))}
            </dl>
          </Card>
        )}
        <Card title={t('lineCount', { count: order.lines })} flush>
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th>#</th><th>{t('line.sku')}</th><th>{t('line.name')}</th><th className="num">{t('line.quantity')}</th><th className="num">{t('line.price')}</th><th className="num">{t('line.amount')}</th></tr></thead>
              <tbody>
                {lines.map((line) => (
                  <tr key={line.number}>
                    <td className="dim">{line.number}</td><td className="mono">{line.sku}</td><td>{line.name || '–'}</td>
                    <td className="num">{line.quantity}</td><td className="num">{line.price}</td>
                    <td className="num">{format.money(line.amount.minor, line.amount.currency)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Card>
      </div>
    </div>
  );
}
