// Ready segments: a sentence with blanks, filled in and put into the builder.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { wordsQuery } from '../audience/ask.ts';
import type { RuleForms } from '../audience/replies.ts';
import { fillTemplate, templatesQuery, type Template } from './ask.ts';

export function Templates({ onFilled }: { onFilled: (forms: RuleForms, name: string) => void }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const list = useQuery(templatesQuery);
  const [key, setKey] = useState<string>();
  const chosen = list.data?.items.find((one) => one.key === key);
  return (
    <section className="card row" aria-label={t('ready.title')} style={{ padding: 10, marginBottom: 12 }}>
      <span className="small dim">{t('ready.title')}</span>
      <Select aria-label={t('ready.choose')} placeholder={t('ready.choose')} allowClear showSearch={{ optionFilterProp: 'label' }} value={key} loading={list.isPending} onChange={setKey} style={{ minWidth: 190 }}
        options={(list.data?.items ?? []).map((one) => ({ value: one.key, label: format.pick(one.zh, one.en) }))} />
      {chosen && <Blanks key={chosen.key} of={chosen} channels={list.data?.channels ?? []} onFilled={onFilled} />}
    </section>
  );
}

function Blanks({ of, channels, onFilled }: { of: Template; channels: string[]; onFilled: (forms: RuleForms, name: string) => void }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const words = useQuery(wordsQuery);
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(of.blanks.map((one) => [one.key, one.value])));
  const fill = useMutation({ mutationFn: () => fillTemplate(of.key, values), onSuccess: (forms) => onFilled(forms, format.pick(of.zh, of.en)) });
  const choices: Record<string, { value: string; label: string }[]> = {
    channel: channels.map((one) => ({ value: one, label: one })),
    tag: (words.data?.tags ?? []).map((one) => ({ value: one.name, label: one.title })),
    org: (words.data?.orgs ?? []).map((one) => ({ value: one.name, label: one.title })),
  };
  return (
    <>
      {of.blanks.map((one) => {
        const label = format.pick(one.zh, one.en);
        const value = values[one.key] ?? '';
        const set = (next: string) => setValues({ ...values, [one.key]: next });
        if (one.type === 'number') return <InputNumber key={one.key} aria-label={label} prefix={label} min={0} value={Number(value)} onChange={(next) => set(String(next ?? 0))} style={{ width: 160 }} />;
        const list = choices[one.type];
        if (list) return <Select key={one.key} aria-label={label} placeholder={label} value={value || undefined} onChange={set} showSearch={{ optionFilterProp: 'label' }} options={list} style={{ minWidth: 150 }} />;
        return <Input key={one.key} aria-label={label} placeholder={label} value={value} onChange={(event) => set(event.target.value)} style={{ width: 150 }} />;
      })}
      <Button disabled={of.blanks.some((one) => !values[one.key])} loading={fill.isPending} onClick={() => fill.mutate()}>{t('ready.use')}</Button>
      {fill.error && <ErrorBox error={fill.error} />}
    </>
  );
}
