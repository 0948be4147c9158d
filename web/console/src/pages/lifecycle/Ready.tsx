// Ready lifecycles: fill in the blanks, see who would be where, adopt.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { templatesQuery } from '../models/ask.ts';
import { addLifecycle, archiveLifecycle, fillReady, readyQuery, tryStages, useFreshStages, type Ready, type StageInput } from './ask.ts';

export function ReadyOnes() {
  const { t } = useTranslation('lifecycle');
  const mayWrite = useMay('audience.write');
  const navigate = useNavigate();
  const query = useQuery(readyQuery);
  return (
    <div className="stack">
      <div className="card">
        <Empty title={t('none')} actions={mayWrite && <Button onClick={() => void navigate('/lifecycle/new')}>{t('blank')}</Button>}>{t('noneText')}</Empty>
      </div>
      <Loaded query={query} rows={6}>{({ items }) => <>{items.map((one) => <ReadyOne key={one.key} ready={one} />)}</>}</Loaded>
    </div>
  );
}

export const inputsOf = (ready: Ready): StageInput[] => ready.stages.map((one) => ({ name: one.name, kind: one.kind, description: one.description, text: one.text }));

export function ReadyOne({ ready, onTaken }: { ready: Ready; onTaken?: (filled: Ready) => void }) {
  const { t } = useTranslation('lifecycle');
  const format = useFormat();
  const mayWrite = useMay('audience.write');
  const fresh = useFreshStages();
  const offerUndo = useUndo();
  const channels = useQuery({ ...templatesQuery, enabled: ready.blanks.some((one) => one.type === 'channel') });
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(ready.blanks.map((one) => [one.key, one.value])));
  const filled = async () => {
    const { items } = await fillReady(ready.key, values);
    const [one] = items;
    if (!one) throw new Error(ready.key);
    return one;
  };
  const attempt = useMutation({ mutationFn: async () => tryStages(inputsOf(await filled()), undefined) });
  const adopt = useMutation({
    mutationFn: async () => {
      const one = await filled();
      return { ...(await addLifecycle({ name: one.name, scale: one.scale, description: one.description, stages: inputsOf(one) })), name: one.name };
    },
    onSuccess: ({ id, name }) => {
      void fresh();
      offerUndo(t('adopted', { name }), async () => {
        await archiveLifecycle(id);
        await fresh();
      });
    },
  });
  const take = useMutation({ mutationFn: filled, onSuccess: (one) => onTaken?.(one) });
  return (
    <Card title={ready.scale === 'big' ? ready.name : t('scale.small')} extra={mayWrite && (
      <span className="row tight">
        <Button loading={attempt.isPending} onClick={() => attempt.mutate()}>{t('try')}</Button>
        {onTaken
          ? <Button type="primary" loading={take.isPending} onClick={() => take.mutate()}>{t('adopt')}</Button>
          : <Button type="primary" loading={adopt.isPending} onClick={() => adopt.mutate()}>{t('adopt')}</Button>}
      </span>
    )}>
      <p className="dim">{ready.description}</p>
      <div className="ready-blanks">
        {ready.blanks.map((one) => (
          <label key={one.key} className="small">
            {format.pick(one.zh, one.en)}
            {one.type === 'number'
              ? <InputNumber aria-label={format.pick(one.zh, one.en)} min={0} precision={0} value={Number(values[one.key])} onChange={(next) => setValues({ ...values, [one.key]: next === null ? '' : String(next) })} style={{ width: '100%' }} />
              : (
                <Select aria-label={format.pick(one.zh, one.en)} value={values[one.key]} style={{ width: '100%' }} onChange={(next: string) => setValues({ ...values, [one.key]: next })}
                  options={[...new Set([...(channels.data?.channels ?? []), values[one.key] ?? ''])].filter(Boolean).map((value) => ({ value, label: value }))} />
              )}
          </label>
        ))}
      </div>
      {(attempt.error ?? adopt.error ?? take.error) && <ErrorBox error={attempt.error ?? adopt.error ?? take.error} />}
      {attempt.data && (
        <div className="row" role="status">
          {attempt.data.after.map((one) => <span key={one.name} className="small"><span className="strong">{one.name}</span> {format.exact(one.after)}</span>)}
        </div>
      )}
    </Card>
  );
}
