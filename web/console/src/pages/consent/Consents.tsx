// What this person consented to, per purpose and channel, newest first: text, source, time, proof. A new word is added,
// nothing is changed.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ConsentChannel, ConsentView, CustomerView, Purpose } from 'api/contract.ts';
import { Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { useSourceName } from '../customers/source.ts';

const purposes: Purpose[] = ['marketing', 'service', 'profiling', 'sharing', 'research'];
const channels: ConsentChannel[] = ['sms', 'call', 'email', 'wecom', 'wechat', 'app'];

export function Consents({ customer }: { customer: CustomerView }) {
  const { t } = useTranslation('privacy');
  const may = useMay('customer.consent');
  const [adding, setAdding] = useState(false);
  const query = useQuery({
    queryKey: ['customer', customer.id, 'consents'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}/consents', { params: { path: { id: customer.id } }, signal })),
  });
  return (
    <Card title={t('consent.title')} extra={may && <Button size="small" onClick={() => setAdding(true)}>{t('consent.add')}</Button>} flush>
      <Loaded query={query} rows={4}>
        {({ items, suppressed }) => (
          <>
            {suppressed && <p style={{ padding: '8px 16px' }}><Tag tone="danger">{t('consent.suppressed')}</Tag> {t('consent.suppressedText')}</p>}
            {items.length === 0 ? <Empty title={t('consent.none')}>{t('consent.noneText')}</Empty> : <History items={items} />}
          </>
        )}
      </Loaded>
      {adding && <Add id={customer.id} onClose={() => setAdding(false)} />}
    </Card>
  );
}

function History({ items }: { items: ConsentView[] }) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  const sourceName = useSourceName();
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('consent.purpose')}</th><th>{t('consent.channel')}</th><th>{t('consent.state')}</th><th>{t('consent.text')}</th><th>{t('consent.when')}</th><th>{t('consent.source')}</th><th>{t('consent.proof')}</th><th>{t('consent.customer')}</th></tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.number} className={one.current ? undefined : 'dim'}>
              <td>{t(`purpose.${one.purpose}`)}</td>
              <td>{t(`channel.${one.channel}`)}</td>
              <td>{one.granted ? <Tag tone={one.current ? 'active' : 'neutral'}>{t('consent.granted')}</Tag> : <Tag tone={one.current ? 'danger' : 'neutral'}>{t('consent.withdrawn')}</Tag>}</td>
              <td>{one.text_version}</td>
              <td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.at)}</td>
              <td>{sourceName(one.source)} {one.recorded_by}</td>
              <td>{one.has_proof ? t('consent.hasProof') : '–'}</td>
              <td><CopyId id={one.customer} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Add({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('privacy');
  const { t: word } = useTranslation('customers');
  const offerUndo = useUndo();
  const client = useQueryClient();
  const [purpose, setPurpose] = useState<Purpose>('marketing');
  const [channel, setChannel] = useState<ConsentChannel>('sms');
  const [granted, setGranted] = useState(true);
  const [text, setText] = useState('');
  const [proof, setProof] = useState('');
  const add = useMutation({
    mutationFn: () => body(api.POST('/api/v1/customers/{id}/consents', {
      params: { path: { id } },
      body: { purpose, channel, granted, text_version: text.trim(), ...(proof.trim() ? { proof: proof.trim() } : {}) },
    })),
    onSuccess: () => {
      const fresh = () => client.invalidateQueries({ queryKey: ['customer', id] });
      void fresh();
      // Words are never removed: the way back is the opposite word, which says why.
      offerUndo(t('saved'), async () => {
        await body(api.POST('/api/v1/customers/{id}/consents', {
          params: { path: { id } }, body: { purpose, channel, granted: !granted, text_version: text.trim(), proof: word('undo.reason') },
        }));
        await fresh();
      });
      onClose();
    },
  });
  return (
    <Modal open title={t('consent.add')} onCancel={onClose} okText={t('consent.save')} confirmLoading={add.isPending}
      okButtonProps={{ disabled: !text.trim() }} onOk={() => add.mutate()}>
      <div className="stack">
        <div className="row">
          <Select className="grow" value={purpose} onChange={setPurpose} aria-label={t('consent.purpose')} options={purposes.map((value) => ({ value, label: t(`purpose.${value}`) }))} />
          <Select className="grow" value={channel} onChange={setChannel} aria-label={t('consent.channel')} options={channels.map((value) => ({ value, label: t(`channel.${value}`) }))} />
          <Select className="grow" value={granted} onChange={setGranted} aria-label={t('consent.state')} options={[{ value: true, label: t('consent.granted') }, { value: false, label: t('consent.withdrawn') }]} />
        </div>
        <label><span className="dim">{t('consent.text')}</span><Input value={text} maxLength={40} placeholder="2026-01" onChange={(event) => setText(event.target.value)} /></label>
        <label><span className="dim">{t('consent.proof')}</span><Input value={proof} maxLength={500} autoComplete="off" onChange={(event) => setProof(event.target.value)} /></label>
        {add.error && <ErrorBox error={add.error} />}
      </div>
    </Modal>
  );
}
