// Settings that change no figure: what each is, its bounds, and where the value comes from.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import type { SettingItem } from 'api/contract.ts';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';

// `without`: those that stand elsewhere on the page.
export function OtherSettings({ without }: { without: ReadonlySet<string> }) {
  const { t } = useTranslation('system');
  const query = useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => body(api.GET('/api/v1/settings', { signal })) });
  return (
    <>
      <h2 className="section">{t('settings.others')}</h2>
      <Loaded query={query} rows={6}>
        {({ items }) => {
          const rest = items.filter((item) => !without.has(item.name));
          if (rest.length === 0) return <div className="card"><Empty title={t('settings.none')} /></div>;
          return <div className="stack">{rest.map((item) => <Setting key={`${item.name}=${item.value}`} item={item} />)}</div>;
        }}
      </Loaded>
    </>
  );
}

function Setting({ item }: { item: SettingItem }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const mayWrite = useMay('setting.write');
  const client = useQueryClient();
  const offerUndo = useUndo();
  const [value, setValue] = useState(item.value);
  const label = format.pick(item.zh, item.en);
  const save = useMutation({
    mutationFn: (next: string) => body(api.PUT('/api/v1/settings/{name}', { params: { path: { name: item.name } }, body: { value: next } })),
    onSuccess: () => {
      const before = item.value;
      // Every figure may have moved.
      void client.invalidateQueries();
      offerUndo(t('settings.saved', { name: label }), async () => {
        await body(api.PUT('/api/v1/settings/{name}', { params: { path: { name: item.name } }, body: { value: before } }));
        await client.invalidateQueries();
      });
    },
  });
  const refused = save.error instanceof ApiProblem ? save.error.errors[0] : undefined;
  return (
    <Card label={label}>
      <div className="row" style={{ alignItems: 'flex-start' }}>
        <div className="grow" style={{ minWidth: 200 }}>
          <div className="strong">{label}</div>
          <div className="small dimmer mono">{item.name}</div>
          <div className="small dim">
            {item.max > item.min && t('settings.bounds', { min: format.exact(item.min), max: format.exact(item.max) })}{' '}
            {t('settings.default', { value: item.default_value })}
          </div>
        </div>
        <Tag tone={item.is_default ? 'neutral' : 'progress'}>{item.is_default ? t('settings.fromDefault') : t('settings.fromTenant')}</Tag>
        {item.choices.length > 0
          ? <Select aria-label={label} value={value} disabled={!mayWrite} style={{ width: 160 }} onChange={setValue} options={item.choices.map((choice) => ({ value: choice, label: choice }))} />
          : <Input aria-label={label} value={value} disabled={!mayWrite} status={refused ? 'error' : undefined} style={{ width: 160 }} maxLength={200}
              inputMode={item.max > item.min ? 'numeric' : undefined} onChange={(event) => setValue(event.target.value)} onPressEnter={() => value !== item.value && save.mutate(value)} />}
        {mayWrite && <Button type="primary" disabled={value === item.value} loading={save.isPending} onClick={() => save.mutate(value)}>{t('settings.save')}</Button>}
        {mayWrite && !item.is_default && <Button onClick={() => save.mutate(item.default_value)}>{t('settings.restore')}</Button>}
      </div>
      {refused && <p role="alert" style={{ color: 'var(--error)', marginTop: 6 }}>{refused.reason}{refused.remedy ? ` · ${refused.remedy}` : ''}</p>}
      {save.error && !refused && <ErrorBox error={save.error} />}
    </Card>
  );
}
