// Joins two people by hand: find the other one, look at both, say why. Orders and history stay with their customers, so
// that the link can be undone.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { CustomerView, Match } from 'api/contract.ts';
import { App, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { shortId } from 'ui/CopyId.tsx';
import { ErrorBox } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { ReasonField, reasonFits } from './ReasonField.tsx';

interface Shown { id: string; name: string; identities: string; first: string }

export function MergeDialog({ customer, onClose }: { customer: CustomerView; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [text, setText] = useState('');
  const [other, setOther] = useState<Shown>();
  const [reason, setReason] = useState('');

  const find = useMutation({
    gcTime: 0,
    mutationFn: async (wanted: string): Promise<Shown> => {
      if (/^cus_\w{10,}$/.test(wanted)) return shown(await body(api.GET('/api/v1/customers/{id}', { params: { path: { id: wanted } } })));
      const { items } = await body(api.POST('/api/v1/customers/search', { body: { text: wanted } }));
      const [first] = items.filter((one) => one.id !== customer.id);
      if (!first) throw new Error('none');
      return shown(first);
    },
    onSuccess: setOther,
    onError: () => setOther(undefined),
  });
  const merge = useMutation({
    mutationFn: () => body(api.POST('/api/v1/links/merge', { body: { a: customer.id, b: other?.id ?? '', reason: reason.trim() } })),
    onSuccess: (done) => {
      void message.success(t('merge.done'));
      void client.invalidateQueries({ queryKey: ['customer'] });
      void client.invalidateQueries({ queryKey: ['customers'] });
      onClose();
      void navigate(`/customers/${done.person}?tab=links`);
    },
  });
  return (
    <Modal open title={t('merge.title')} onCancel={onClose} okText={t('merge.button')} confirmLoading={merge.isPending}
      okButtonProps={{ disabled: !other || other.id === customer.id || !reasonFits(reason) }} onOk={() => merge.mutate()}>
      <p className="dim" style={{ marginBottom: 12 }}>{t('merge.text')}</p>
      <Input.Search value={text} onChange={(event) => setText(event.target.value)} placeholder={t('merge.find')} aria-label={t('merge.find')}
        loading={find.isPending} onSearch={(wanted) => { if (wanted.trim()) find.mutate(wanted.trim()); }} autoComplete="off" maxLength={200} />
      {find.isError && <p style={{ color: 'var(--error)', marginTop: 8 }} role="alert">{t('merge.none')}</p>}
      <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 12, margin: '12px 0' }}>
        <Side title={t('merge.this')} person={shown(customer)} />
        {other && <Side title={t('merge.other')} person={other} />}
      </div>
      {other && <ReasonField value={reason} onChange={setReason} />}
      {merge.error && <ErrorBox error={merge.error} />}
    </Modal>
  );
}

const shown = (one: CustomerView | Match): Shown => ({
  id: one.id,
  name: one.name_masked,
  identities: one.identities.map((identity) => identity.masked).filter(Boolean).join(' · '),
  first: one.first_seen_at,
});

function Side({ title, person }: { title: string; person: Shown }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return (
    <div className="card" style={{ padding: 12 }}>
      <div className="small dim">{title}</div>
      <div className="strong">{person.name || t('noName')}</div>
      <div className="mono dim">{shortId(person.id)}</div>
      <div className="small">{person.identities}</div>
      <div className="small dim">{t('since', { day: format.day(person.first) })}</div>
    </div>
  );
}
