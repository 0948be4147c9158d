// Picks one person by a whole phone, e-mail, card or id.
import { useMutation } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Input, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';

export function PickPerson({ value, onChange }: { value?: string | undefined; onChange: (id: string) => void }) {
  const { t } = useTranslation('customers');
  const find = useMutation({
    mutationFn: (text: string) => body(api.POST('/api/v1/customers/search', { body: { text } })),
    onSuccess: ({ items: [only, second] }) => { if (only && !second) onChange(only.id); },
  });
  return (
    <>
      <Input.Search aria-label={t('find.label')} placeholder={t('find.placeholder')} maxLength={200} autoComplete="off" loading={find.isPending}
        onSearch={(text) => { if (text.trim()) find.mutate(text.trim()); }} />
      {find.error && <ErrorBox error={find.error} />}
      {find.data?.items.length === 0 && <div className="small dim">{t('find.none')}</div>}
      <Radio.Group value={value} onChange={(event) => onChange(String(event.target.value))}>
        {find.data?.items.map((one) => (
          <Radio key={one.id} value={one.id}>
            {one.name_masked || t('noName')} <span className="dim">{one.identities.map((key) => key.masked).filter(Boolean).slice(0, 2).join(' · ')}</span>
          </Radio>
        ))}
      </Radio.Group>
    </>
  );
}
