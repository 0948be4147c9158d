// One business definition: its meaning, what it moves, its value; a changed value is tried before it can be saved.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import type { DefinitionItem } from 'api/contract.ts';
import { Button, Input, InputNumber, Radio } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { ErrorBox } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { Preview } from './Preview.tsx';

const pauseMs = 400;

// The value once it has stood still for a moment.
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function DefinitionCard({ item }: { item: DefinitionItem }) {
  const { t } = useTranslation('definitions');
  const format = useFormat();
  const mayWrite = useMay('setting.write');
  const client = useQueryClient();
  const offerUndo = useUndo();
  const [value, setValue] = useState(item.value);
  const tried = useSettled(value);
  const label = format.pick(item.zh, item.en);
  const changed = value !== item.value;
  const preview = useQuery({
    queryKey: ['definitions', 'preview', item.name, item.value, tried],
    queryFn: ({ signal }) => body(api.POST('/api/v1/definitions/preview', { body: { name: item.name, value: tried }, signal })),
    enabled: tried !== '' && tried !== item.value, placeholderData: keepPreviousData, retry: false, staleTime: 30_000,
  });
  const put = (next: string) => body(api.PUT('/api/v1/definitions/{name}', { params: { path: { name: item.name } }, body: { value: next } }));
  const save = useMutation({
    mutationFn: put,
    onSuccess: () => {
      const before = item.value;
      // Every figure may have moved.
      void client.invalidateQueries();
      offerUndo(t('saved', { name: label }), async () => {
        await put(before);
        await client.invalidateQueries();
      });
    },
  });
  const error = save.error ?? (changed ? preview.error : null);
  const refused = error instanceof ApiProblem ? error.errors[0] : undefined;
  return (
    <Card label={label}>
      <div className="definition">
        <div>
          <div className="row tight">
            <span className="strong">{label}</span>
            <Tag tone={item.is_default ? 'neutral' : 'progress'}>{item.is_default ? t('fromDefault') : t('fromTenant')}</Tag>
          </div>
          <div className="small">{format.pick(item.meaning_zh, item.meaning_en)}</div>
          <div className="small dim">
            {t('moves')}{' '}
            {item.moves.length > 6 ? t('movesAll', { count: item.moves.length })
              : item.moves.map((one, index) => <span key={one.id}>{index > 0 && t('comma')}<Link to={`/metric/${one.id}`}>{format.pick(one.name_zh, one.name_en)}</Link></span>)}
          </div>
        </div>
        <div className="definition-value">
          {item.choices.length > 0 ? (
            <Radio.Group aria-label={label} value={value} disabled={!mayWrite} onChange={(event) => setValue(String(event.target.value))}
              options={item.choices.map((one) => ({ value: one.value, label: format.pick(one.zh, one.en) }))} />
          ) : item.name.endsWith('_steps') ? (
            <Input aria-label={label} value={value} disabled={!mayWrite} style={{ width: 200 }} maxLength={60} onChange={(event) => setValue(event.target.value)} />
          ) : (
            <InputNumber aria-label={label} value={value === '' ? null : Number(value)} min={item.min} max={item.max} precision={0} disabled={!mayWrite} changeOnWheel={false}
              addonAfter={item.name.endsWith('_min') ? t('minutes') : item.name.endsWith('_days') ? t('days') : item.name.endsWith('high_from') ? t('points') : t('receipts')} style={{ width: 150 }}
              onChange={(next) => setValue(next === null ? '' : String(next))} />
          )}
          {mayWrite && <Button type="primary" disabled={!changed || value === '' || refused !== undefined} loading={save.isPending} onClick={() => save.mutate(value)}>{t('save')}</Button>}
          {mayWrite && changed && <Button onClick={() => setValue(item.value)}>{t('cancel')}</Button>}
          {mayWrite && !changed && !item.is_default && <Button onClick={() => setValue(item.default_value)}>{t('restore', { value: valueText(item, item.default_value, format.pick) })}</Button>}
        </div>
      </div>
      {refused && <p role="alert" style={{ color: 'var(--error)', margin: '6px 0 0' }}>{refused.reason}{refused.remedy ? ` · ${refused.remedy}` : ''}</p>}
      {error && !refused && <ErrorBox error={error} />}
      {changed && !preview.error && <Preview preview={preview.data} waiting={preview.isFetching || tried !== value} />}
    </Card>
  );
}

export function valueText(item: DefinitionItem, value: string, pick: (zh: string, en: string) => string): string {
  const choice = item.choices.find((one) => one.value === value);
  return choice ? pick(choice.zh, choice.en) : value;
}
