// While somebody looks through others' eyes: whose, that nothing can be changed, and the way back.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useMe } from '../session.ts';

export function Eyes() {
  const { t } = useTranslation();
  const { viewing_as: eyes } = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const back = useMutation({
    mutationFn: () => body(api.DELETE('/api/v1/session/view-as')),
    onSuccess: async () => {
      await client.resetQueries();
      await navigate('/');
    },
  });
  if (!eyes) return null;
  return (
    <div className="banner row" role="status">
      <span className="grow">{t('eyes.text', { name: [eyes.name, eyes.node].filter(Boolean).join(' · ') })}</span>
      <Button size="small" loading={back.isPending} onClick={() => back.mutate()}>{t('eyes.back')}</Button>
    </div>
  );
}
