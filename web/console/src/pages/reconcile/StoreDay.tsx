// One store-day: both sides, our receipts, and what is decided about the difference.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ReceiptDifference, StoreDayItem } from 'api/contract.ts';
import { Button, Drawer, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';

export function StoreDay({ at, onClose }: { at: string; onClose: () => void }) {
  const { t } = useTranslation('reconcile');
  const format = useFormat();
  const { phone } = useViewer();
  const mayWrite = useMay('reconcile.write');
  const [node = '', day = ''] = at.split('/');
  const query = useQuery({
    queryKey: ['reconcile', 'day', node, day],
    queryFn: ({ signal }) => body(api.GET('/api/v1/reconcile/{node}/{day}', { params: { path: { node, day } }, signal })),
  });
  return (
    <Drawer open onClose={onClose} size={phone ? '100%' : 640} title={`${query.data?.item?.name ?? ''} ${day}`}>
      <Loaded query={query} rows={6}>
        {({ item, receipts, differences }) => (
          <div className="stack">
            {item && <Sides item={item} />}
            {item?.decision && <p><Tag tone="active">{t(`verdict.${item.decision.state === 'accepted' ? 'accepted' : 'explained'}`)}</Tag> {item.decision.reason} <span className="dim small">{item.decision.by} · {format.dateTime(item.decision.at)}</span></p>}
            {item && item.state !== 'match' && mayWrite && <Decide item={item} />}
            {differences && <Differences all={differences} />}
            <h3>{t('receipts')}</h3>
            {receipts.length === 0 ? <Empty title={t('noReceipts')} /> : (
              <table className="plain small">
                <thead><tr><th>{t('number')}</th><th>{t('time')}</th><th className="num">{t('net')}</th></tr></thead>
                <tbody>
                  {receipts.map((one) => (
                    <tr key={one.id}>
                      <td><Link to={`/orders/${one.id}`}>{one.number}</Link></td><td>{format.dateTime(one.paid_at)}</td>
                      <td className="num">{format.money(one.net.minor, one.net.currency)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}

// Receipt by receipt: what the till's list says otherwise.
function Differences({ all }: { all: ReceiptDifference[] }) {
  const { t } = useTranslation('reconcile');
  const format = useFormat();
  const money = (one: ReceiptDifference['ours']) => (one ? format.money(one.minor, one.currency) : '–');
  return (
    <>
      <h3>{t('differing.title', { count: all.length })}</h3>
      {all.length === 0 ? <p className="dim">{t('differing.none')}</p> : (
        <table className="plain small">
          <thead><tr><th>{t('number')}</th><th className="num">{t('differing.till')}</th><th className="num">{t('ours')}</th><th>{t('differing.how')}</th></tr></thead>
          <tbody>
            {all.map((one) => (
              <tr key={one.number}>
                <td>{one.order ? <Link to={`/orders/${one.order}`}>{one.number}</Link> : one.number}</td>
                <td className="num">{money(one.till)}</td><td className="num">{money(one.ours)}</td>
                <td><Tag tone="danger">{t(one.ours ? (one.till ? 'differing.amount' : 'differing.notTill') : 'differing.notOurs')}</Tag></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Sides({ item }: { item: StoreDayItem }) {
  const { t } = useTranslation('reconcile');
  const format = useFormat();
  const { closed, ours } = item;
  return (
    <table className="plain">
      <thead><tr><th>{t('figure')}</th><th className="num">{t('close')}</th><th className="num">{t('ours')}</th></tr></thead>
      <tbody>
        <tr><td>{t('receipts')}</td><td className="num">{closed ? format.exact(closed.receipts) : '–'}</td><td className="num">{format.exact(ours.receipts)}</td></tr>
        <tr><td>{t('net')}</td><td className="num">{closed ? format.money(closed.net.minor, closed.net.currency) : '–'}</td><td className="num">{format.money(ours.net.minor, ours.net.currency)}</td></tr>
        <tr><td>{t('refunds')}</td><td className="num">{closed ? format.money(closed.refunds.minor, closed.refunds.currency) : '–'}</td><td className="num">{format.money(ours.refunds.minor, ours.refunds.currency)}</td></tr>
      </tbody>
    </table>
  );
}

function Decide({ item }: { item: StoreDayItem }) {
  const { t } = useTranslation('reconcile');
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [figures, setFigures] = useState({ receipts: item.closed?.receipts ?? item.ours.receipts, net: (item.closed ?? item.ours).net.minor / 100, refunds: (item.closed ?? item.ours).refunds.minor / 100 });
  const path = { node: item.node, day: item.day };
  const done = { onSuccess: () => client.invalidateQueries({ queryKey: ['reconcile'] }) };
  const decide = useMutation({
    mutationFn: (state: 'explained' | 'accepted') => body(api.POST('/api/v1/reconcile/{node}/{day}/decide', { params: { path }, body: { state, reason: reason.trim() } })),
    ...done,
  });
  const correct = useMutation({
    mutationFn: () => body(api.POST('/api/v1/reconcile/{node}/{day}/correct', {
      params: { path },
      body: { receipts: figures.receipts, net_minor: Math.round(figures.net * 100), refund_minor: Math.round(figures.refunds * 100), reason: reason.trim() },
    })),
    ...done,
  });
  const idle = reason.trim() === '' || decide.isPending || correct.isPending;
  return (
    <div className="stack">
      <label><div className="dim small">{t('reason')}</div><Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} /></label>
      <div className="row">
        <Button type="primary" disabled={idle} onClick={() => decide.mutate('explained')}>{t('explain')}</Button>
        <Button disabled={idle} onClick={() => decide.mutate('accepted')}>{t('accept')}</Button>
      </div>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <label><div className="dim small">{t('receipts')}</div><InputNumber min={0} precision={0} value={figures.receipts} onChange={(receipts) => setFigures({ ...figures, receipts: receipts ?? 0 })} /></label>
        <label><div className="dim small">{t('net')}</div><InputNumber precision={2} value={figures.net} onChange={(net) => setFigures({ ...figures, net: net ?? 0 })} /></label>
        <label><div className="dim small">{t('refunds')}</div><InputNumber min={0} precision={2} value={figures.refunds} onChange={(refunds) => setFigures({ ...figures, refunds: refunds ?? 0 })} /></label>
        <Button disabled={idle} onClick={() => correct.mutate()}>{t('correct')}</Button>
      </div>
      {decide.error && <ErrorBox error={decide.error} />}
      {correct.error && <ErrorBox error={correct.error} />}
    </div>
  );
}
