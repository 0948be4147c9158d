// Pairs that shared a strong key and were not joined: both side by side, a decision with a reason, and its undoing.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ConflictView, Match } from 'api/contract.ts';
import { App, Button, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shortId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { ReasonField, reasonFits } from '../customers/ReasonField.tsx';
import { useSourceName } from '../customers/source.ts';

const schema = { state: oneOf(['open', 'decided'], 'open') };
type Step = 'merge' | 'apart' | 'reopen';

export default function Conflicts() {
  const { t } = useTranslation('identity');
  const [url, change] = useUrlState(schema);
  const state = url.state === 'decided' ? 'decided' : 'open';
  const [step, setStep] = useState<{ step: Step; conflict: ConflictView }>();
  const query = useQuery({
    queryKey: ['conflicts', state],
    queryFn: ({ signal }) => body(api.GET('/api/v1/identity-conflicts', { params: { query: { state, limit: 50 } }, signal })),
  });
  return (
    <div className="page">
      <PageHeader title={t('conflicts.title')} sub={t('conflicts.sub')} />
      <Segmented value={state} onChange={(next) => change({ state: next as typeof state })} style={{ marginBottom: 12 }}
        options={[{ value: 'open', label: t('conflicts.open') }, { value: 'decided', label: t('conflicts.decided') }]} />
      <Loaded query={query} rows={6}>
        {({ items, next }) => items.length === 0
          ? <div className="card"><Empty title={t(`conflicts.none.${state}`)}>{t(`conflicts.noneText.${state}`)}</Empty></div>
          : (
            <div className="stack">
              {items.map((one) => <Pair key={one.number} conflict={one} onStep={(wanted) => setStep({ step: wanted, conflict: one })} />)}
              {next && <p className="small dim">{t('conflicts.more')}</p>}
            </div>
          )}
      </Loaded>
      {step && <Decide {...step} onClose={() => setStep(undefined)} />}
    </div>
  );
}

function Pair({ conflict, onStep }: { conflict: ConflictView; onStep: (step: Step) => void }) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const may = useMay('customer.merge');
  const sourceName = useSourceName();
  return (
    <section className="card" style={{ padding: 16 }}>
      <div className="row" style={{ marginBottom: 12 }}>
        <Tag tone="warn">{t(`conflicts.cause.${conflict.cause}`)}</Tag>
        <span className="small dim grow">{t('conflicts.seen', { time: format.dateTime(conflict.at), source: sourceName(conflict.source) })}</span>
        {may && !conflict.outcome && (
          <>
            <Button size="small" onClick={() => onStep('apart')}>{t('conflicts.apart')}</Button>
            <Button size="small" type="primary" onClick={() => onStep('merge')}>{t('conflicts.merge')}</Button>
          </>
        )}
        {may && conflict.outcome && <Button size="small" onClick={() => onStep('reopen')}>{t('conflicts.reopen')}</Button>}
      </div>
      <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(240px, 1fr))', gap: 12 }}>
        {conflict.sides.map((side) => <Side key={side.id} person={side} evidence={conflict.evidence} />)}
      </div>
      {conflict.outcome && (
        <p className="small" style={{ marginTop: 12 }}>
          {t('conflicts.done', {
            outcome: conflict.outcome === 'merge' ? t('conflicts.merge') : t('conflicts.apart'),
            who: conflict.decided_by, time: format.dateTime(conflict.decided_at), reason: conflict.reason,
          })}
        </p>
      )}
    </section>
  );
}

function Side({ person, evidence }: { person: Match; evidence: number[] }) {
  const { t } = useTranslation('identity');
  const { t: word } = useTranslation('customers');
  const format = useFormat();
  return (
    <div className="card" style={{ padding: 12 }}>
      <div className="row tight">
        <Link className="strong" to={`/customers/${person.id}`}>{person.name_masked || word('noName')}</Link>
        <span className="mono dimmer">{shortId(person.id)}</span>
      </div>
      <div className="small dim">{word('since', { day: format.day(person.first_seen_at) })}</div>
      <ul style={{ listStyle: 'none', padding: 0, margin: '8px 0 0' }}>
        {person.identities.map((one) => (
          <li key={one.number} className="row tight" style={{ padding: '2px 0' }}>
            <span className="dim" style={{ minWidth: 88 }}>{word(`kind.${one.kind}`)}</span>
            <span>{one.masked || '–'}</span>
            {evidence.includes(one.number) && <Tag tone="progress">{t('conflicts.together')}</Tag>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Decide({ step, conflict, onClose }: { step: Step; conflict: ConflictView; onClose: () => void }) {
  const { t } = useTranslation('identity');
  const { message } = App.useApp();
  const { t: word } = useTranslation('customers');
  const offerUndo = useUndo();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: async () => {
      const path = { number: conflict.number };
      if (step === 'reopen') await body(api.POST('/api/v1/identity-conflicts/{number}/reopen', { params: { path }, body: { reason: reason.trim() } }));
      else await body(api.POST('/api/v1/identity-conflicts/{number}/decide', { params: { path }, body: { outcome: step, reason: reason.trim() } }));
    },
    onSuccess: () => {
      const fresh = () => {
        for (const key of ['conflicts', 'customer', 'customers']) void client.invalidateQueries({ queryKey: [key] });
      };
      fresh();
      if (step === 'reopen') void message.success(t('conflicts.saved'));
      else {
        offerUndo(t('conflicts.saved'), async () => {
          await body(api.POST('/api/v1/identity-conflicts/{number}/reopen', { params: { path: { number: conflict.number } }, body: { reason: word('undo.reason') } }));
          fresh();
        });
      }
      onClose();
    },
  });
  return (
    <Modal open title={t(`conflicts.${step}`)} onCancel={onClose} okText={t(`conflicts.${step}`)} confirmLoading={decide.isPending}
      okButtonProps={{ disabled: !reasonFits(reason) }} onOk={() => decide.mutate()}>
      <p style={{ marginBottom: 12 }}>{t(`conflicts.text.${step}`)}</p>
      <ReasonField value={reason} onChange={setReason} />
      {decide.error && <ErrorBox error={decide.error} />}
    </Modal>
  );
}
