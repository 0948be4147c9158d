import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { CaptureDefinition, CaptureKind, CapturePointItem, CaptureQuestion } from 'api/contract.ts';
import { Button, Checkbox, Input, InputNumber, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { kinds } from './Capture.tsx';

const fieldNames = ['phone', 'name', 'gender', 'birthday', 'city', 'email'] as const;
type FieldName = (typeof fieldNames)[number];
const asks = (kind: CaptureKind) => kind === 'form' || kind === 'receipt' || kind === 'item';

interface Draft {
  kind: CaptureKind; name: string; platform: string; post: string; target: string; targetPoint?: number; intro: string; text: string;
  fields: FieldName[]; consent: string; version: string; lead: boolean; region: boolean; codes: number; grant: string; questions: CaptureQuestion[];
}
const blank: Draft = {
  kind: 'form', name: '', platform: '', post: '', target: '', intro: '', text: '', fields: ['phone', 'name'], consent: '', version: '1', lead: false, region: false, codes: 100, grant: '', questions: [{ text: '', kind: 'single', options: ['', ''] }],
};

function definitionOf(draft: Draft, label: (name: FieldName) => string): CaptureDefinition {
  return {
    intro: draft.intro.trim() || undefined,
    fields: asks(draft.kind) ? draft.fields.map((name) => ({ name, label: label(name), required: name === 'phone' })) : [],
    consent: draft.consent.trim() ? { text: draft.consent.trim(), version: draft.version.trim() || '1', channels: ['sms', 'wecom'] } : undefined,
    questions: draft.kind === 'survey' ? draft.questions.map((one) => ({ ...one, options: one.options.filter((text) => text.trim()) })) : [],
    body: draft.kind === 'radar' ? draft.text.trim() || undefined : undefined,
    lead: draft.lead || undefined,
    ask_region: draft.region || undefined,
    codes: draft.kind === 'item' ? draft.codes : undefined,
    grant: draft.kind === 'item' ? draft.grant.trim() || undefined : undefined,
  };
}

interface Props { points: CapturePointItem[]; onClose: () => void; onMade: (number: number) => void }

export function NewPoint({ points, onClose, onMade }: Props) {
  const { t } = useTranslation('capture');
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(blank);
  const set = (next: Partial<Draft>) => setDraft({ ...draft, ...next });
  const make = useMutation({
    mutationFn: () => body(api.POST('/api/v1/capture-points', {
      body: {
        kind: draft.kind, name: draft.name.trim(), platform: draft.platform.trim() || undefined, post: draft.post.trim() || undefined,
        target: draft.targetPoint ? undefined : draft.target.trim() || undefined, target_point: draft.targetPoint, definition: definitionOf(draft, (name) => t(`field.${name}`)),
      },
    })),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['capture'] });
      onMade(made.number);
    },
  });
  const leads = draft.kind === 'link' || draft.kind === 'radar';
  return (
    <Modal open title={t('new')} width={640} onCancel={onClose} mask={{ closable: false }} okText={t('make')} okButtonProps={{ disabled: !draft.name.trim(), loading: make.isPending }} onOk={() => make.mutate()}>
      <div className="stack">
        <div className="scroll-x"><Segmented aria-label={t('kindTitle')} value={draft.kind} onChange={(kind) => set({ kind })} options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))} /></div>
        <p className="small dim">{t(`what.${draft.kind}`)}</p>
        <label><div className="dim">{t('name')}</div><Input autoFocus value={draft.name} maxLength={80} onChange={(event) => set({ name: event.target.value })} /></label>
        <div className="row">
          <label className="grow"><div className="dim">{t('platform')}</div><Input value={draft.platform} maxLength={40} placeholder="douyin" onChange={(event) => set({ platform: event.target.value })} /></label>
          <label className="grow"><div className="dim">{t('post')}</div><Input value={draft.post} maxLength={80} onChange={(event) => set({ post: event.target.value })} /></label>
        </div>
        {draft.kind === 'link' && (
          <label><div className="dim">{t('targetPoint')}</div>
            <Select allowClear showSearch optionFilterProp="label" aria-label={t('targetPoint')} style={{ width: '100%' }} value={draft.targetPoint} onChange={(targetPoint?: number) => set({ targetPoint })}
              options={points.filter((one) => one.kind !== 'link' && one.kind !== 'radar' && one.kind !== 'item').map((one) => ({ value: one.number, label: one.name }))} /></label>
        )}
        {leads && !draft.targetPoint && <label><div className="dim">{t('target')}</div><Input inputMode="url" placeholder="https://" value={draft.target} maxLength={500} onChange={(event) => set({ target: event.target.value })} /></label>}
        {!leads && <label><div className="dim">{t('intro')}</div><Input.TextArea rows={2} value={draft.intro} maxLength={500} onChange={(event) => set({ intro: event.target.value })} /></label>}
        {draft.kind === 'radar' && <label><div className="dim">{t('body')}</div><Input.TextArea rows={4} value={draft.text} maxLength={4000} onChange={(event) => set({ text: event.target.value })} /></label>}
        {asks(draft.kind) && (
          <>
            <div><div className="dim">{t('fields')}</div><Checkbox.Group value={draft.fields} onChange={(fields) => set({ fields })} options={fieldNames.map((value) => ({ value, label: t(`field.${value}`) }))} /></div>
            <label><div className="dim">{t('consent')}</div><Input.TextArea rows={2} value={draft.consent} maxLength={1000} placeholder={t('consentPlaceholder')} onChange={(event) => set({ consent: event.target.value })} /></label>
            {draft.consent.trim() && <label><div className="dim">{t('version')}</div><Input value={draft.version} maxLength={40} style={{ width: 160 }} onChange={(event) => set({ version: event.target.value })} /></label>}
            <div className="row"><Checkbox checked={draft.lead} onChange={(event) => set({ lead: event.target.checked })}>{t('lead')}</Checkbox><Checkbox checked={draft.region} onChange={(event) => set({ region: event.target.checked })}>{t('askRegion')}</Checkbox></div>
          </>
        )}
        {draft.kind === 'item' && (
          <div className="row">
            <label><div className="dim">{t('codes')}</div><InputNumber min={1} max={1_000_000} value={draft.codes} onChange={(codes) => set({ codes: codes ?? 100 })} /></label>
            <label className="grow"><div className="dim">{t('grant')}</div><Input value={draft.grant} maxLength={60} placeholder="points:10" onChange={(event) => set({ grant: event.target.value })} /></label>
          </div>
        )}
        {draft.kind === 'survey' && <Questions of={draft.questions} onChange={(questions) => set({ questions })} />}
        {make.error && <ErrorBox error={make.error} />}
      </div>
    </Modal>
  );
}

const questionKinds = ['single', 'multi', 'scale', 'text'] as const;

function Questions({ of, onChange }: { of: CaptureQuestion[]; onChange: (next: CaptureQuestion[]) => void }) {
  const { t } = useTranslation('capture');
  const put = (at: number, next: Partial<CaptureQuestion>) => onChange(of.map((one, each) => (each === at ? { ...one, ...next } : one)));
  return (
    <div className="stack">
      {of.map((one, at) => (
        <fieldset key={at} className="stack tight" style={{ border: 0, padding: 0, margin: 0 }}>
          <div className="row" style={{ flexWrap: 'nowrap' }}>
            <Input aria-label={t('question', { number: at + 1 })} placeholder={t('question', { number: at + 1 })} value={one.text} maxLength={200} onChange={(event) => put(at, { text: event.target.value })} />
            <Select aria-label={t('questionKind')} style={{ width: 100 }} value={one.kind} onChange={(kind) => put(at, { kind })} options={questionKinds.map((value) => ({ value, label: t(`answer.${value}`) }))} />
            <Button disabled={of.length < 2} onClick={() => onChange(of.filter((_, each) => each !== at))}>{t('less')}</Button>
          </div>
          {(one.kind === 'single' || one.kind === 'multi') && (
            <Input.TextArea aria-label={t('options')} placeholder={t('options')} rows={3} value={one.options.join('\n')} onChange={(event) => put(at, { options: event.target.value.split('\n').slice(0, 20) })} />
          )}
        </fieldset>
      ))}
      <div><Button size="small" disabled={of.length >= 30} onClick={() => onChange([...of, { text: '', kind: 'single', options: ['', ''] }])}>{t('moreQuestion')}</Button></div>
    </div>
  );
}
