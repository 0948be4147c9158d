// By which live touch points this person can be met; "not online" for who is known but cannot.
import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { useTranslation } from 'react-i18next';
import { Tag } from 'ui/Tag.tsx';

export function OnlineTags({ id }: { id: string }) {
  const { t } = useTranslation('customers');
  const { data } = useQuery({
    queryKey: ['customer', id, 'online'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}/online', { params: { path: { id } }, signal })),
  });
  if (!data?.digitised) return null;
  return (
    <>
      {data.chat && <Tag tone="active">{t('online.chat')}</Tag>}
      {data.push && <Tag tone="active">{t('online.push')}</Tag>}
      {data.group_only && <Tag title={t('online.groupWhy')}>{t('online.group_only')}</Tag>}
      {!data.online && !data.group_only && <Tag title={t('online.offlineWhy')}>{t('online.offline')}</Tag>}
    </>
  );
}
