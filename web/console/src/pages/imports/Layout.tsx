// Which layout the file has: found by its headers, chosen by hand, or kept as an own one. And the files of heads and of
// payments that belong to a file of lines.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, uploadImport } from 'api/client.ts';
import type { ImportPage } from 'api/contract.ts';
import { App, Button, Input, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { ErrorBox } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';

export function Layout({ page, readOnly }: { page: ImportPage; readOnly: boolean }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [title, setTitle] = useState('');
  const { id } = page.item;
  const query = useQuery({ queryKey: ['import-profiles'], queryFn: ({ signal }) => body(api.GET('/api/v1/import-profiles', { signal })) });
  const choose = useMutation({
    mutationFn: (profile: string) => body(api.PUT('/api/v1/imports/{id}/profile', { params: { path: { id } }, body: { profile } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['import', id] }),
  });
  const keep = useMutation({
    mutationFn: () => body(api.PUT('/api/v1/import-profiles/{name}', { params: { path: { name: `own_${title.trim()}` } }, body: { import: id, title: title.trim() } })),
    onSuccess: () => {
      setTitle('');
      void message.success(t('layout.saved'));
      return client.invalidateQueries({ queryKey: ['import-profiles'] });
    },
  });
  return (
    <Card title={t('layout.title')}>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <Select aria-label={t('layout.title')} showSearch={{ optionFilterProp: 'label' }} disabled={readOnly || choose.isPending} value={page.mapping.profile || undefined}
          placeholder={t('layout.none')} style={{ width: 260 }} onChange={(name: string) => choose.mutate(name)}
          options={query.data?.items.map((one) => ({ value: one.name, label: one.own ? `${one.zh} · ${t('layout.own')}` : format.pick(one.zh, one.en) }))} />
        {!readOnly && (
          <>
            <Input aria-label={t('layout.name')} placeholder={t('layout.name')} value={title} maxLength={50} style={{ width: 180 }} onChange={(event) => setTitle(event.target.value)} />
            <Button disabled={!title.trim()} loading={keep.isPending} onClick={() => keep.mutate()}>{t('layout.save')}</Button>
          </>
        )}
      </div>
      {choose.error && <ErrorBox error={choose.error} />}
      {keep.error && <ErrorBox error={keep.error} />}
    </Card>
  );
}

export function Part({ part, page, readOnly }: { part: 'heads' | 'tenders'; page: ImportPage; readOnly: boolean }) {
  const { t } = useTranslation('imports');
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: (file: File) => uploadImport(file, () => undefined, `/api/v1/imports/${page.item.id}/parts?role=${part}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['import', page.item.id] }),
  });
  if (readOnly || !Array.isArray(page.mapping.options?.['join'])) return null;
  return (
    <Card title={t(`${part}.title`)}>
      <div className="row">
        <span className="dim grow">{t(`${part}.text`)}</span>
        <Button loading={send.isPending} onClick={() => field.current?.click()}>{t(`${part}.add`)}</Button>
      </div>
      <input ref={field} type="file" accept=".csv,.txt,.tsv,.xlsx" hidden aria-label={t(`${part}.add`)}
        onChange={(event) => { const file = event.target.files?.[0]; if (file) send.mutate(file); event.target.value = ''; }} />
      {send.error && <ErrorBox error={send.error} />}
    </Card>
  );
}
