// Reconciliation: every store-day beside the till's day close. What does not agree stands first; each can be opened to its receipts,
// explained, corrected or accepted.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { StoreDayItem, StoreDayState } from 'api/contract.ts';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import DayRange from 'ui/DayRange.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { day, oneOf, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { monthBack } from './range.ts';
import { StoreDay } from './StoreDay.tsx';

const states = ['', 'match', 'differ', 'missing_sales', 'missing_close'] as const;
const schema = { from: day(), to: day(), node: text('', 60), state: oneOf([...states], ''), open: text('', 100) };

export default function Reconcile() {
  const { t } = useTranslation('reconcile');
  const today = useFormat().today();
  const [state, change] = useUrlState(schema);
  const maySeeNodes = useMay('org.read');
  const { data: nodes } = useQuery({ ...nodesQuery, enabled: maySeeNodes });
  const asked = { from: state.from || monthBack(today), to: state.to || today, node: state.node || undefined, state: (state.state || undefined) as StoreDayState | undefined };
  const query = useQuery({
    queryKey: ['reconcile', asked],
    queryFn: ({ signal }) => body(api.GET('/api/v1/reconcile', { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={t('sub')} />
      <div className="stack">
        <div className="row">
          <DayRange label={t('day')} required from={asked.from} to={asked.to} onChange={(from, to) => change({ from, to, open: '' })} />
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} aria-label={t('store')} placeholder={t('allStores')} value={state.node || undefined} style={{ width: 200 }}
            options={(nodes?.items ?? []).map((node) => ({ value: node.id, label: node.name }))} onChange={(node?: string) => change({ node: node ?? '', open: '' })} />
          <Select aria-label={t('state')} value={state.state} style={{ width: 150 }} onChange={(next: (typeof states)[number]) => change({ state: next, open: '' })}
            options={states.map((value) => ({ value, label: value ? t(`is.${value}`) : t('notMatching') }))} />
        </div>
        <Loaded query={query} rows={6}>
          {(reply) => (
            <>
              <Card label={t('title')}>
                <dl className="row" style={{ gap: 28, margin: 0 }}>
                  <Count label={t('storeDays')} value={reply.store_days} />
                  <Count label={t('is.match')} value={reply.match} />
                  <Count label={t('is.differ')} value={reply.differ} bad />
                  <Count label={t('is.missing_sales')} value={reply.missing_sales} bad />
                  <Count label={t('is.missing_close')} value={reply.missing_close} bad />
                  <Count label={t('accepted')} value={reply.accepted} />
                </dl>
              </Card>
              <Card flush label={t('state')}>
                {reply.store_days === 0 ? <Empty title={t('none')}>{t('noneText')}</Empty>
                  : reply.items.length === 0 ? <Empty title={t('allMatch')} />
                    : <Days items={reply.items} onOpen={(open) => change({ open }, 'push')} />}
              </Card>
            </>
          )}
        </Loaded>
      </div>
      {state.open && <StoreDay at={state.open} onClose={() => change({ open: '' })} />}
    </div>
  );
}

function Count({ label, value, bad = false }: { label: string; value: number; bad?: boolean }) {
  const format = useFormat();
  return (
    <div>
      <dt className="dim small">{label}</dt>
      <dd style={{ margin: 0, fontSize: 20, color: bad && value > 0 ? 'var(--error)' : undefined }}>{format.exact(value)}</dd>
    </div>
  );
}

const tones = { match: 'active', differ: 'danger', missing_sales: 'danger', missing_close: 'warn' } as const;

function Days({ items, onOpen }: { items: StoreDayItem[]; onOpen: (at: string) => void }) {
  const { t } = useTranslation('reconcile');
  const format = useFormat();
  const { phone } = useViewer();
  const tag = (one: StoreDayItem) => <Tag tone={one.red ? tones[one.state] : 'active'}>{one.decision ? t(`verdict.${one.decision.state === 'accepted' ? 'accepted' : 'explained'}`) : t(`is.${one.state}`)}</Tag>;
  if (phone) {
    return (
      <ul className="cards">
        {items.map((one) => (
          <li key={`${one.node}/${one.day}`}>
            <button type="button" className="bare card-row" onClick={() => onOpen(`${one.node}/${one.day}`)}>
              <span className="top"><span className="strong grow one-line">{one.name}</span>{tag(one)}</span>
              <span className="below">{one.day} · {one.closed ? format.money(one.closed.net.minor, one.closed.net.currency) : '–'} / {format.money(one.ours.net.minor, one.ours.net.currency)}</span>
            </button>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead>
          <tr><th>{t('day')}</th><th>{t('store')}</th><th>{t('state')}</th><th className="num">{t('receiptsOf')}</th><th className="num">{t('netOf')}</th>
            <th className="num">{t('refundsOf')}</th><th className="num">{t('difference')}</th><ActionsHead /></tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={`${one.node}/${one.day}`}>
              <td style={{ whiteSpace: 'nowrap' }}>{one.day}</td>
              <td>{one.name} <span className="dimmer small">{one.code}</span></td>
              <td>{tag(one)}</td>
              <td className="num">{one.closed ? format.exact(one.closed.receipts) : '–'} / {format.exact(one.ours.receipts)}</td>
              <td className="num">{one.closed ? format.money(one.closed.net.minor, one.closed.net.currency) : '–'} / {format.money(one.ours.net.minor, one.ours.net.currency)}</td>
              <td className="num">{one.closed ? format.money(one.closed.refunds.minor, one.closed.refunds.currency) : '–'} / {format.money(one.ours.refunds.minor, one.ours.refunds.currency)}</td>
              <td className="num">{format.money(one.ours.net.minor - (one.closed?.net.minor ?? 0), one.ours.net.currency)}</td>
              <td><Button size="small" type="link" onClick={() => onOpen(`${one.node}/${one.day}`)}>{t('open')}</Button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
