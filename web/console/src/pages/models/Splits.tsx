// Splits of people: by channel with what a buyer brings, four quadrants on two metrics, clusters of several.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { useChannelName } from '../../orders/channel.ts';
import { useFresh, wordsQuery } from '../audience/ask.ts';
import type { RuleAttribute } from '../audience/replies.ts';
import { channelPeople, channelsQuery, clusters, quadrants, rulePeople, type Clusters, type Quadrant, type Quadrants as Split } from './ask.ts';
import { PeopleDrawer } from './PeopleDrawer.tsx';

const tabs = ['channels', 'quadrants', 'clusters'] as const;
const schema = { tab: oneOf(tabs, 'channels'), x: text('order.count', 80), y: text('order.net', 80) };

export default function Splits() {
  const { t } = useTranslation('models');
  const [{ tab }, change] = useUrlState(schema);
  return (
    <div className="page">
      <PageHeader title={t('splits.title')} sub={<span className="small">{t('splits.sub')}</span>} />
      <ViewTabs label={t('splits.title')} value={tab} onChange={(next) => change({ tab: next }, 'push')} options={tabs.map((value) => ({ value, label: t(`splits.${value}`) }))} />
      {tab === 'channels' && <Channels />}
      {tab === 'quadrants' && <Quadrants />}
      {tab === 'clusters' && <Clustering />}
    </div>
  );
}

function Channels() {
  const { t } = useTranslation('models');
  const channelName = useChannelName();
  const format = useFormat();
  const query = useQuery(channelsQuery);
  const [open, setOpen] = useState<{ channel: string; use: 'first' | 'last' | 'most' }>();
  return (
    <Card title={t('splits.channels')} flush>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={4}>
        {({ items }) => items.length === 0 ? <Empty title={t('splits.noOrders')}>{t('splits.noOrdersText')}</Empty> : (
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th>{t('splits.channel')}</th>{(['first', 'last', 'most'] as const).map((use) => <th key={use} className="num">{t(`splits.use.${use}`)}</th>)}<th className="num">{t('splits.buyers')}</th><th className="num">{t('splits.orders')}</th><th className="num">{t('splits.net')}</th><th className="num">ARPU</th></tr></thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.channel}>
                    <td className="strong">{channelName(one.channel)}</td>
                    {(['first', 'last', 'most'] as const).map((use) => (
                      <td key={use} className="num"><button type="button" className="bare door" onClick={() => setOpen({ channel: one.channel, use })}>{format.exact(one[use])}</button></td>
                    ))}
                    <td className="num">{format.exact(one.buyers)}</td><td className="num">{format.exact(one.orders)}</td>
                    <td className="num">{one.net ? format.money(one.net.minor) : '–'}</td><td className="num strong">{one.arpu ? format.money(one.arpu.minor) : '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {open && <PeopleDrawer title={`${channelName(open.channel)} · ${t(`splits.use.${open.use}`)}`} about={`${open.channel}/${open.use}`} ask={(cursor, signal) => channelPeople(open.channel, open.use, cursor, signal)} onClose={() => setOpen(undefined)} />}
    </Card>
  );
}

function useMetrics(): RuleAttribute[] {
  const words = useQuery(wordsQuery);
  return (words.data?.attributes ?? []).filter((one) => one.type === 'number' || one.type === 'moment');
}

function MetricSelect({ label, value, onChange, metrics }: { label: string; value: string; onChange: (value: string) => void; metrics: RuleAttribute[] }) {
  const format = useFormat();
  return <Select aria-label={label} value={value} onChange={onChange} style={{ minWidth: 150 }} options={metrics.map((one) => ({ value: one.key, label: format.pick(one.zh, one.en) }))} />;
}

function Quadrants() {
  const { t } = useTranslation('models');
  const [{ x, y }, change] = useUrlState(schema);
  const metrics = useMetrics();
  const query = useQuery({ queryKey: ['splits', 'quadrants', x, y], queryFn: ({ signal }) => quadrants(x, y, signal), placeholderData: keepPreviousData, retry: false });
  return (
    <Card title={t('splits.quadrants')} extra={(
      <span className="row tight">
        <MetricSelect label={t('splits.x')} value={x} metrics={metrics} onChange={(next) => change({ x: next })} />
        <MetricSelect label={t('splits.y')} value={y} metrics={metrics} onChange={(next) => change({ y: next })} />
      </span>
    )}>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={4}>{(split) => <Four split={split} x={metrics.find((one) => one.key === x)} y={metrics.find((one) => one.key === y)} />}</Loaded>
    </Card>
  );
}

function Four({ split, x, y }: { split: Split; x: RuleAttribute | undefined; y: RuleAttribute | undefined }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Quadrant>();
  const cut = (one: RuleAttribute | undefined, value: number) => (one?.type === 'moment' ? t('splits.daysAgo', { days: format.exact(value) }) : format.exact(value / 10 ** (one?.decimals ?? 0), one?.decimals ?? 0));
  const name = (one: RuleAttribute | undefined) => (one ? format.pick(one.zh, one.en) : '');
  const side = (one: RuleAttribute | undefined, high: boolean) => `${name(one)} ${one?.type === 'moment' ? t(high ? 'splits.recent' : 'splits.longAgo') : t(high ? 'splits.high' : 'splits.low')}`;
  return (
    <>
      <p className="small dim">{t('splits.cuts', { x: name(x), xCut: cut(x, split.x_cut), y: name(y), yCut: cut(y, split.y_cut), unknown: format.exact(split.unknown) })}</p>
      <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 8 }}>
        {[split.items[1], split.items[0], split.items[3], split.items[2]].map((one) => one && (
          <section key={`${String(one.x_high)}${String(one.y_high)}`} className="card metric" style={{ minHeight: 0 }} aria-label={`${side(x, one.x_high)} ${side(y, one.y_high)}`}>
            <div className="small">{side(x, one.x_high)} · {side(y, one.y_high)}</div>
            <div className="figure"><button type="button" className="bare door num" onClick={() => setOpen(one)}>{format.exact(one.people)}</button>{one.small && <Tag tone="warn">{t('small')}</Tag>}</div>
            <div className="below"><Button size="small" type="link" onClick={() => void navigate('/segments/new', { state: { rule: one.rule } })}>{t('asSegment')}</Button></div>
          </section>
        ))}
      </div>
      {open && <PeopleDrawer title={`${side(x, open.x_high)} · ${side(y, open.y_high)}`} about={JSON.stringify(open.rule)} ask={(cursor, signal) => rulePeople(open.rule, cursor, signal)} rule={open.rule} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function Clustering() {
  const { t } = useTranslation('models');
  const format = useFormat();
  const mayWrite = useMay('audience.write');
  const metrics = useMetrics();
  const fresh = useFresh();
  const [attributes, setAttributes] = useState<string[]>(['order.count', 'order.net', 'order.last_paid']);
  const [k, setK] = useState(4);
  const [seed, setSeed] = useState(1);
  const [name, setName] = useState('');
  const run = useMutation({ mutationFn: (publish: string) => clusters(attributes, k, seed, publish || undefined), onSuccess: (_, publish) => (publish ? fresh() : undefined) });
  return (
    <div className="stack">
      <Card title={t('splits.clusters')}>
        <div className="row">
          <Select mode="multiple" aria-label={t('splits.metrics')} value={attributes} onChange={setAttributes} maxCount={6} style={{ flex: '1 1 260px', minWidth: 0 }} options={metrics.map((one) => ({ value: one.key, label: format.pick(one.zh, one.en) }))} />
          <InputNumber aria-label="k" prefix="k" min={2} max={8} value={k} onChange={(next) => setK(next ?? 4)} style={{ width: 90 }} />
          <InputNumber aria-label={t('splits.seed')} prefix={t('splits.seed')} min={0} max={1_000_000} value={seed} onChange={(next) => setSeed(next ?? 1)} style={{ width: 130 }} />
          <Button type="primary" disabled={attributes.length < 2} loading={run.isPending} onClick={() => run.mutate('')}>{t('run')}</Button>
        </div>
        {run.error && <ErrorBox error={run.error} />}
        {!run.data && <p className="dim">{t('splits.clustersText')}</p>}
        {run.data && (
          <>
            <p className="small dim" data-testid="silhouette">{t('splits.found', { people: format.exact(run.data.people), unknown: format.exact(run.data.unknown), silhouette: run.data.silhouette.toFixed(3), measured: format.exact(run.data.measured), print: run.data.fingerprint })}</p>
            {mayWrite && (
              <div className="row tight">
                <Input aria-label={t('splits.group')} placeholder={t('splits.group')} value={name} maxLength={30} style={{ maxWidth: 200 }} onChange={(event) => setName(event.target.value)} />
                <Button disabled={!name.trim()} loading={run.isPending} onClick={() => run.mutate(name.trim())}>{t('publish')}</Button>
                {run.data.items[0]?.tag && <Link to="/tags">{t('splits.toTags')}</Link>}
              </div>
            )}
          </>
        )}
      </Card>
      {run.data && run.data.items.length > 0 && <Found found={run.data} attributes={metrics.filter((one) => attributes.includes(one.key))} order={attributes} />}
    </div>
  );
}

function Found({ found, attributes, order }: { found: Clusters; attributes: RuleAttribute[]; order: string[] }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const named = order.map((key) => attributes.find((one) => one.key === key));
  return (
    <Card title={t('splits.result')} flush>
      <div className="scroll-x">
        <table className="plain">
          <thead><tr><th className="num">{t('splits.cluster')}</th><th className="num">{t('peopleColumn')}</th>{named.map((one, index) => <th key={order[index]} className="num">{one ? format.pick(one.zh, one.en) : ''}{one?.type === 'moment' && ` (${t('splits.ago')})`}</th>)}<th>{t('splits.nearest')}</th></tr></thead>
          <tbody>
            {found.items.map((one, index) => (
              <tr key={index}>
                <td className="num">{index + 1}</td><td className="num">{format.exact(one.people)} {one.small && <Tag tone="warn">{t('small')}</Tag>}</td>
                {one.centre.slice(0, named.length).map((value, at) => <td key={order[at]} className="num">{format.exact(value, 1)}</td>)}
                <td className="small">{one.nearest.map((id, at) => <Link key={id} to={`/customers/${id}`}>{t('splits.example', { number: at + 1 })} </Link>)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
