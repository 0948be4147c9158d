// The open interface: partners' keys with scope and quota, webhooks with what was delivered, and what refusals mean.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { PartnerKeyItem, PartnerOperation } from 'api/contract.ts';
import { App, Button, Checkbox, Input, InputNumber, Modal, Select, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { Secret } from '../sources/Secret.tsx';
import { Webhooks } from './Webhooks.tsx';

const schema = { tab: oneOf(['keys', 'hooks', 'errors'], 'keys') };
const operations = ['events.write', 'leads.write', 'leads.read', 'customers.write', 'customers.read'] as const satisfies readonly PartnerOperation[];
const word = (one: PartnerOperation) => one.replace('.', '_') as 'events_write' | 'leads_write' | 'leads_read' | 'customers_write' | 'customers_read';

export default function Open() {
  const { t } = useTranslation('open');
  const [state, change] = useUrlState(schema);
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={t('sub')} />
      <Tabs size="small" activeKey={state.tab} onChange={(tab) => change({ tab: tab as typeof state.tab })}
        items={[{ key: 'keys', label: t('tab.keys') }, { key: 'hooks', label: t('tab.hooks') }, { key: 'errors', label: t('tab.errors') }]} />
      {state.tab === 'keys' ? <Keys /> : state.tab === 'hooks' ? <Webhooks /> : <Refusals />}
    </div>
  );
}

function useKeys() {
  return useQuery({ queryKey: ['partner-keys'], queryFn: ({ signal }) => body(api.GET('/api/v1/partner-keys', { signal })) });
}

function Keys() {
  const { t } = useTranslation('open');
  const mayWrite = useMay('open.write');
  const client = useQueryClient();
  const { modal } = App.useApp();
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState('');
  const query = useKeys();
  const again = () => client.invalidateQueries({ queryKey: ['partner-keys'] });
  const rotate = useMutation({
    gcTime: 0,
    mutationFn: (id: string) => body(api.POST('/api/v1/partner-keys/{id}/rotate', { params: { path: { id } }, body: { overlap_hours: 24 } })),
    onSuccess: (reply) => setSecret(reply.secret),
    onSettled: again,
  });
  const revoke = useMutation({ mutationFn: (id: string) => body(api.POST('/api/v1/partner-keys/{id}/revoke', { params: { path: { id } } })), onSettled: again });
  const askRotate = (one: PartnerKeyItem) => void modal.confirm({ title: t('rotateTitle', { label: one.label }), content: t('rotateText'), okText: t('rotate'), onOk: () => rotate.mutateAsync(one.id) });
  const askRevoke = (one: PartnerKeyItem) => void modal.confirm({ title: t('revokeTitle', { label: one.label }), content: t('revokeText'), okText: t('revoke'), okButtonProps: { danger: true }, onOk: () => revoke.mutateAsync(one.id) });
  return (
    <Card flush title={t('tab.keys')} extra={mayWrite && <Button size="small" type="primary" onClick={() => setMaking(true)}>{t('newKey')}</Button>}>
      {(rotate.error ?? revoke.error) && <ErrorBox error={rotate.error ?? revoke.error} />}
      <Loaded query={query} rows={4}>
        {({ items }) => items.length === 0 ? <Empty title={t('noKeys')}>{t('noKeysText')}</Empty> : <KeyTable items={items} onRotate={askRotate} onRevoke={askRevoke} />}
      </Loaded>
      {making && <NewKey onClose={() => { setMaking(false); void again(); }} />}
      {secret && <Modal open title={t('newSecret')} onCancel={() => setSecret('')} footer={<Button type="primary" onClick={() => setSecret('')}>{t('kept')}</Button>}><Secret value={secret} text={t('secretOnce')} /></Modal>}
    </Card>
  );
}

function KeyTable({ items, onRotate, onRevoke }: { items: PartnerKeyItem[]; onRotate: (one: PartnerKeyItem) => void; onRevoke: (one: PartnerKeyItem) => void }) {
  const { t } = useTranslation('open');
  const format = useFormat();
  const mayWrite = useMay('open.write');
  const { data: nodes } = useQuery(nodesQuery);
  const names = new Map((nodes?.items ?? []).map((one) => [one.id, one.name]));
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('label')}</th><th>{t('node')}</th><th>{t('operations')}</th><th className="num">{t('quota')}</th><th className="num">{t('today')}</th><th>{t('lastUsed')}</th><th>{t('state')}</th><ActionsHead /></tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <td>{one.label} <CopyId id={one.id} /></td>
              <td>{names.get(one.node) ?? '–'}</td>
              <td className="small">{one.operations.map((each) => t(`operation.${word(each)}`)).join(t('comma'))}</td>
              <td className="num">{t('perMinuteDay', { minute: format.exact(one.per_minute), day: format.exact(one.per_day) })}</td>
              <td className="num">{format.exact(one.used_today)}</td>
              <td>{one.last_used_at ? format.dateTime(one.last_used_at) : t('never')}</td>
              <td>{one.revoked ? <Tag>{t('revoked')}</Tag> : one.secrets > 1 ? <Tag tone="warn" title={one.overlap_until ? format.dateTime(one.overlap_until) : ''}>{t('overlap')}</Tag> : <Tag tone="active">{t('valid')}</Tag>}</td>
              <td>{mayWrite && !one.revoked && <span className="row tight" style={{ flexWrap: 'nowrap' }}><Button size="small" onClick={() => onRotate(one)}>{t('rotate')}</Button><Button size="small" danger onClick={() => onRevoke(one)}>{t('revoke')}</Button></span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('open');
  const { data: nodes } = useQuery(nodesQuery);
  const [label, setLabel] = useState('');
  const [node, setNode] = useState<string>();
  const [chosen, setChosen] = useState<PartnerOperation[]>(['leads.write']);
  const [minute, setMinute] = useState(60);
  const [day, setDay] = useState(10_000);
  const make = useMutation({
    gcTime: 0,
    mutationFn: () => body(api.POST('/api/v1/partner-keys', { body: { label: label.trim(), node: node ?? '', operations: chosen, per_minute: minute, per_day: day } })),
  });
  return (
    <Modal open title={t('newKey')} onCancel={onClose} mask={{ closable: false }}
      footer={make.data ? <Button type="primary" onClick={onClose}>{t('kept')}</Button>
        : <Button type="primary" disabled={!label.trim() || !node || chosen.length === 0} loading={make.isPending} onClick={() => make.mutate()}>{t('make')}</Button>}>
      {make.data ? (
        <div className="stack">
          <div>{t('keyId')} <CopyId id={make.data.id} short={false} /></div>
          <Secret value={make.data.secret} text={t('secretOnce')} />
        </div>
      ) : (
        <div className="stack">
          <label><div className="dim">{t('label')}</div><Input autoFocus value={label} maxLength={80} onChange={(event) => setLabel(event.target.value)} /></label>
          <label><div className="dim">{t('node')}</div>
            <Select showSearch optionFilterProp="label" aria-label={t('node')} style={{ width: '100%' }} value={node} onChange={setNode} options={nodes?.items.map((one) => ({ value: one.id, label: one.name }))} /></label>
          <div><div className="dim">{t('operations')}</div>
            <Checkbox.Group value={chosen} onChange={setChosen} options={operations.map((value) => ({ value, label: t(`operation.${word(value)}`) }))} /></div>
          <div className="row">
            <label><div className="dim">{t('perMinute')}</div><InputNumber min={1} max={100_000} value={minute} onChange={(value) => setMinute(value ?? 60)} /></label>
            <label><div className="dim">{t('perDay')}</div><InputNumber min={1} max={100_000_000} value={day} onChange={(value) => setDay(value ?? 10_000)} /></label>
          </div>
          {make.error && <ErrorBox error={make.error} />}
        </div>
      )}
    </Modal>
  );
}

function Refusals() {
  const { t } = useTranslation('open');
  const format = useFormat();
  const query = useKeys();
  return (
    <Card flush title={t('tab.errors')}>
      <p style={{ padding: '0 16px' }}>{t('howto')}</p>
      <Loaded query={query} rows={6}>
        {({ refusals }) => (
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th className="num">HTTP</th><th>{t('code')}</th><th>{t('meaning')}</th></tr></thead>
              <tbody>{refusals.map((one) => <tr key={one.code}><td className="num">{one.status}</td><td className="mono">{one.code}</td><td>{format.pick(one.zh, one.en)}</td></tr>)}</tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Card>
  );
}
