// Requests of persons about their data, with a clock: a copy to hand over, a correction, erasure with its receipt.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { RequestKind, RequestView } from 'api/contract.ts';
import { App, Button, Input, Modal, Segmented, Select, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { shortId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { ReasonField, reasonFits } from '../customers/ReasonField.tsx';
import { Retention } from './Retention.tsx';

const schema = { tab: oneOf(['requests', 'retention'], 'requests'), state: oneOf(['open', 'done'], 'open') };
const kinds: RequestKind[] = ['access', 'copy', 'correct', 'portability', 'erase'];
const corrected = ['name', 'gender', 'birthday', 'city', 'address'] as const;
type Step = 'erase' | 'correct' | 'done' | 'refuse';

export default function Privacy() {
  const { t } = useTranslation('privacy');
  const [url, change] = useUrlState(schema);
  const maySee = useMay('system.read');
  if (!maySee) return <div className="page"><Requests /></div>;
  return (
    <div className="page">
      <Tabs size="small" activeKey={url.tab} onChange={(key) => change({ tab: key as typeof url.tab })} destroyOnHidden items={[
        { key: 'requests', label: t('tabs.requests'), children: <Requests /> },
        { key: 'retention', label: t('tabs.retention'), children: <Retention /> },
      ]} />
    </div>
  );
}

function Requests() {
  const { t } = useTranslation('privacy');
  const [url, change] = useUrlState(schema);
  const state = url.state === 'done' ? 'done' : 'open';
  const [adding, setAdding] = useState(false);
  const [step, setStep] = useState<{ step: Step; request: RequestView }>();
  const query = useQuery({
    queryKey: ['privacy-requests', state],
    queryFn: ({ signal }) => body(api.GET('/api/v1/privacy-requests', { params: { query: { state, limit: 50 } }, signal })),
  });
  return (
    <>
      <PageHeader title={t('requests.title')} sub={t('requests.sub')} actions={<Button type="primary" onClick={() => setAdding(true)}>{t('requests.add')}</Button>} />
      <Segmented value={state} onChange={(next) => change({ state: next as typeof state })} style={{ marginBottom: 12 }}
        options={[{ value: 'open', label: t('requests.open') }, { value: 'done', label: t('requests.closed') }]} />
      <section className="card scroll-x">
        <Loaded query={query} rows={5}>
          {({ items }) => items.length === 0 ? <Empty title={t('requests.none')}>{t('requests.noneText')}</Empty> : (
            <table className="plain">
              <thead><tr><th>{t('requests.number')}</th><th>{t('requests.kind')}</th><th>{t('requests.customer')}</th><th>{t('requests.note')}</th><th>{t('requests.due')}</th><th>{t('requests.state')}</th><ActionsHead /></tr></thead>
              <tbody>{items.map((one) => <Row key={one.number} request={one} onStep={(wanted) => setStep({ step: wanted, request: one })} />)}</tbody>
            </table>
          )}
        </Loaded>
      </section>
      {adding && <Add onClose={() => setAdding(false)} />}
      {step && <Finish {...step} onClose={() => setStep(undefined)} />}
    </>
  );
}

function Row({ request, onStep }: { request: RequestView; onStep: (step: Step) => void }) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  const client = useQueryClient();
  const { message } = App.useApp();
  const copy = useMutation({
    gcTime: 0,
    // Portability: one file of everything kept, orders and behaviour too.
    mutationFn: async (): Promise<unknown> => {
      const params = { path: { number: request.number } };
      return request.kind === 'portability' ? body(api.POST('/api/v1/privacy-requests/{number}/file', { params }))
        : body(api.POST('/api/v1/privacy-requests/{number}/copy', { params }));
    },
    onSuccess: (data) => {
      const address = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }));
      const link = document.createElement('a');
      link.href = address;
      link.download = `request-${String(request.number)}.json`;
      link.click();
      URL.revokeObjectURL(address);
      void client.invalidateQueries({ queryKey: ['privacy-requests'] });
    },
    onError: () => void message.error(t('requests.copyFailed')),
  });
  const open = request.state === 'open';
  const copies = request.kind !== 'erase' && request.kind !== 'correct';
  return (
    <tr>
      <td>{format.exact(request.number)}</td>
      <td>{t(`kind.${request.kind}`)}</td>
      <td><Link className="mono" to={`/customers/${request.customer}`}>{shortId(request.customer)}</Link></td>
      <td>{request.note}</td>
      <td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(request.due_at)}</td>
      <td>
        {open && (request.overdue ? <Tag tone="danger">{t('requests.overdue')}</Tag> : <Tag tone="progress">{t('requests.open')}</Tag>)}
        {!open && <span>{t(`requests.${request.state}`)} <span className="small dim">{request.closed_by} {format.dateTime(request.closed_at)}</span> <Receipt number={request.number} receipt={request.receipt} /></span>}
      </td>
      <td>
        {open && (
          <span className="row tight">
            {copies && <Button size="small" loading={copy.isPending} onClick={() => copy.mutate()}>{t('requests.copy')}</Button>}
            {request.kind === 'erase' && <Button size="small" danger onClick={() => onStep('erase')}>{t('requests.erase')}</Button>}
            {request.kind === 'correct' && <Button size="small" onClick={() => onStep('correct')}>{t('requests.correct')}</Button>}
            <Button size="small" onClick={() => onStep('refuse')}>{t('requests.refuse')}</Button>
          </span>
        )}
      </td>
    </tr>
  );
}

function Receipt({ number, receipt }: { number: number; receipt: unknown }) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  const facts = receipt as { customers?: number; identities?: number; values?: number; orders_kept?: number };
  const erased = facts.identities !== undefined;
  const parts = useQuery({
    queryKey: ['privacy-requests', number, 'erasure'], enabled: erased,
    queryFn: ({ signal }) => body(api.GET('/api/v1/privacy-requests/{number}/erasure', { params: { path: { number } }, signal })),
    refetchInterval: (query) => (query.state.data?.complete === false ? 60_000 : false),
  });
  if (facts.identities === undefined) return null;
  return (
    <span className="small" style={{ display: 'block', minWidth: 240 }}>
      {t('requests.receipt', {
        identities: format.exact(facts.identities), values: format.exact(facts.values ?? 0), orders: format.exact(facts.orders_kept ?? 0),
      })}
      {parts.data?.parts.map((one) => (
        <span key={one.part} className={one.overdue ? 'row tight danger' : 'row tight dim'}>
          {t(`requests.part.${one.part as 'register' | 'sealed' | 'record' | 'backups'}`)}: {one.done_at ? t('requests.partDone', { at: format.dateTime(one.done_at) })
            : t(one.overdue ? 'requests.partOverdue' : 'requests.partDue', { at: format.dateTime(one.due_by) })}
        </span>
      ))}
    </span>
  );
}

function Add({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('privacy');
  const { message } = App.useApp();
  const client = useQueryClient();
  const [customer, setCustomer] = useState('');
  const [kind, setKind] = useState<RequestKind>('copy');
  const [note, setNote] = useState('');
  const add = useMutation({
    mutationFn: () => body(api.POST('/api/v1/privacy-requests', { body: { customer: customer.trim(), kind, note: note.trim() } })),
    onSuccess: () => {
      void message.success(t('saved'));
      void client.invalidateQueries({ queryKey: ['privacy-requests'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('requests.add')} onCancel={onClose} okText={t('consent.save')} confirmLoading={add.isPending}
      okButtonProps={{ disabled: !/^cus_\w{10,}$/.test(customer.trim()) || !reasonFits(note) }} onOk={() => add.mutate()}>
      <div className="stack">
        <Select value={kind} onChange={setKind} aria-label={t('requests.kind')} options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))} />
        <Input value={customer} placeholder="cus_…" aria-label={t('requests.customer')} onChange={(event) => setCustomer(event.target.value)} />
        <ReasonField value={note} onChange={setNote} />
        {add.error && <ErrorBox error={add.error} />}
      </div>
    </Modal>
  );
}

function Finish({ step, request, onClose }: { step: Step; request: RequestView; onClose: () => void }) {
  const { t } = useTranslation('privacy');
  const { message } = App.useApp();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [field, setField] = useState<(typeof corrected)[number]>('name');
  const [value, setValue] = useState('');
  const finish = useMutation({
    mutationFn: async () => {
      const params = { path: { number: request.number } };
      if (step === 'erase') await body(api.POST('/api/v1/privacy-requests/{number}/erase', { params, body: { reason: reason.trim() } }));
      else if (step === 'correct') await body(api.POST('/api/v1/privacy-requests/{number}/correct', { params, body: { field, value: value.trim(), reason: reason.trim() } }));
      else await body(api.POST('/api/v1/privacy-requests/{number}/close', { params, body: { done: step === 'done', reason: reason.trim() } }));
    },
    onSuccess: () => {
      void message.success(t('saved'));
      for (const key of ['privacy-requests', 'customer', 'customers']) void client.invalidateQueries({ queryKey: [key] });
      onClose();
    },
  });
  return (
    <Modal open title={t(`finish.${step}`)} onCancel={onClose} okText={t(`finish.${step}`)} confirmLoading={finish.isPending}
      okButtonProps={{ disabled: !reasonFits(reason) || (step === 'correct' && value.trim() === ''), danger: step === 'erase' }} onOk={() => finish.mutate()}>
      <p style={{ marginBottom: 12 }}>{t(`finish.text.${step}`)}</p>
      {step === 'correct' && (
        <div className="row" style={{ marginBottom: 12 }}>
          <Select value={field} onChange={setField} aria-label={t('finish.field')} style={{ width: 120 }}
            options={corrected.map((one) => ({ value: one, label: t(`finish.fields.${one}`) }))} />
          <Input value={value} maxLength={500} autoComplete="off" aria-label={t('finish.value')} placeholder={t('finish.value')} onChange={(event) => setValue(event.target.value)} />
        </div>
      )}
      <ReasonField value={reason} onChange={setReason} />
      {finish.error && <ErrorBox error={finish.error} />}
    </Modal>
  );
}
