// One person, whole: who, worth, state; then profile by block with sources, orders, identities, merges and the log.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import type { CustomerValue, CustomerView } from 'api/contract.ts';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Watermark } from 'ui/Reveal.tsx';
import { Empty, ErrorBox, Loaded, Skeleton } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { RfmTag } from '../../people/RfmTag.tsx';
import { useMe } from '../../session.ts';
import { AuditTable } from '../system/AuditTable.tsx';
import { useNodeName } from './nodes.ts';
import { Consents } from '../consent/Consents.tsx';
import { Belongings } from './Belongings.tsx';
import { CustomerOrders } from './CustomerOrders.tsx';
import { CustomerPath } from './CustomerPath.tsx';
import { Household } from './Household.tsx';
import { Identities } from './Identities.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import { Profile } from './Profile.tsx';
import { Links } from './Links.tsx';
import { OnlineTags } from './OnlineTags.tsx';
import { Timeline } from './Timeline.tsx';
import { Referral } from './Referral.tsx';
import { NextProducts } from '../matches/NextProducts.tsx';
import { ExpectedValue } from '../value/ExpectedValue.tsx';

const schema = { tab: oneOf(['profile', 'timeline', 'path', 'orders', 'identities', 'household', 'links', 'audience', 'consents', 'log'], 'profile') };

export default function Customer() {
  const { id = '' } = useParams();
  const { t } = useTranslation('customers');
  const query = useQuery({
    queryKey: ['customer', id],
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}', { params: { path: { id } }, signal })),
  });
  if (query.error instanceof ApiProblem && query.error.status === 404) {
    return (
      <div className="page narrow"><div className="card">
        <Empty title={t('missing')} actions={<Link to="/customers">{t('title')}</Link>}>{t('missingText')}</Empty>
      </div></div>
    );
  }
  if (!query.data) return <div className="page">{query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Skeleton />}</div>;
  return <Person customer={query.data} />;
}

function Person({ customer }: { customer: CustomerView }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const me = useMe();
  const { now, permissions } = useViewer();
  const [{ tab }, change] = useUrlState(schema);
  const [merging, setMerging] = useState(false);
  const [shown, setShown] = useState(false);
  const { id } = customer;
  const value = useQuery({
    queryKey: ['customer', id, 'value'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}/value', { params: { path: { id } }, signal })),
    placeholderData: keepPreviousData,
  });
  const home = useNodeName()(customer.home_node);
  const items = [
    { key: 'profile', label: t('tab.profile'), children: <Profile customer={customer} value={value.data} home={home} onShown={setShown} /> },
    { key: 'timeline', label: t('tab.timeline'), children: <Timeline id={id} /> },
    { key: 'path', label: t('tab.path'), children: <CustomerPath id={id} /> },
    { key: 'orders', label: t('tab.orders'), children: <div className="stack"><NextProducts id={id} /><CustomerOrders id={id} /></div> },
    { key: 'identities', label: t('tab.identities', { count: customer.identities.length }), children: <Identities customer={customer} onShown={setShown} /> },
    { key: 'household', label: t('tab.household'), children: <div className="stack"><Household id={id} onShown={setShown} /><Referral id={id} /></div> },
    { key: 'links', label: t('tab.links'), children: <Links customer={customer} /> },
    ...(permissions.has('audience.read') ? [{ key: 'audience', label: t('tab.audience'), children: <Belongings id={id} /> }] : []),
    { key: 'consents', label: t('tab.consents'), children: <Consents customer={customer} /> },
    ...(permissions.has('audit.read') ? [{ key: 'log', label: t('tab.log'), children: <AuditTable object={id} /> }] : []),
  ];
  return (
    <div className="page">
      <PageHeader title={customer.name_masked || t('noName')}
        lead={
          <span className="row tight">
            <Tag tone={customer.known ? 'active' : 'neutral'}>{customer.known ? t('known') : t('anonymous')}</Tag>
            {customer.member && <Tag tone="progress">{t('member')}</Tag>}
            <OnlineTags id={id} />
            {value.data?.rfm && <RfmTag name={value.data.rfm.rfm_class} />}
            <CopyId id={id} />
          </span>
        }
        sub={<span className="small">{home && `${home} · `}{t('since', { day: format.day(customer.first_seen_at) })}</span>}
        actions={permissions.has('customer.merge') && <Button onClick={() => setMerging(true)}>{t('merge.button')}</Button>} />
      {customer.merged_into && (
        <div className="banner card" style={{ marginBottom: 12 }}>
          {t('mergedInto')} <Link to={`/customers/${customer.merged_into}`} className="mono">{customer.merged_into}</Link>
        </div>
      )}
      <div className="stack">
        <Card label={t('worth')}>
          <Loaded query={value} rows={2}>{(data) => <Worth value={data} />}</Loaded>
          <ExpectedValue id={id} />
        </Card>
        <Tabs activeKey={items.some((one) => one.key === tab) ? tab : 'profile'} items={items} destroyOnHidden onChange={(key) => change({ tab: key as typeof tab })} />
      </div>
      {merging && <MergeDialog customer={customer} onClose={() => setMerging(false)} />}
      {shown && <Watermark text={`${me.staff?.name ?? ''} ${me.staff?.login ?? ''} ${format.dateTime(now().toISOString())}`} />}
    </div>
  );
}

function Worth({ value }: { value: CustomerValue }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const average = value.orders > 0 ? value.net_spend.minor / value.orders : undefined;
  const { currency } = value.net_spend;
  const facts: [string, string, string?][] = [
    [t('fact.spend'), format.money(value.net_spend.minor, currency)],
    [t('fact.orders'), format.exact(value.orders)],
    [t('fact.average'), format.money(average === undefined ? undefined : Math.round(average), currency)],
    [t('fact.last'), format.dateTime(value.last_order_at)],
    [t('fact.firstOrder'), format.dateTime(value.first_order_at)],
  ];
  const { rfm } = value;
  if (rfm) {
    facts.push([
      t('fact.rfm'), `${rfm.r} · ${rfm.f} · ${rfm.m}`,
      t('fact.rfmWhy', { days: format.exact(rfm.recency_days), orders: format.exact(rfm.frequency), spend: format.money(rfm.monetary.minor, rfm.monetary.currency) }),
    ]);
  }
  return (
    <div style={{ display: 'grid', gap: '12px 24px', gridTemplateColumns: 'repeat(auto-fit, minmax(132px, max-content))' }}>
      {facts.map(([label, text, why]) => (
        <div key={label} title={why}>
          <div className="small dim">{label}</div>
          <div className="strong" style={{ fontVariantNumeric: 'tabular-nums' }}>{text}</div>
          {why && <div className="small dimmer">{why}</div>}
        </div>
      ))}
    </div>
  );
}
