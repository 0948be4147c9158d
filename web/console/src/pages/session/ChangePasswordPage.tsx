import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { meQuery } from '../../session.ts';
import { Frame } from './Frame.tsx';
import { PasswordForm } from './PasswordForm.tsx';

export default function ChangePasswordPage() {
  const { t } = useTranslation('session');
  const client = useQueryClient();
  return (
    <Frame title={t('first.title')} text={t('first.text')}>
      <PasswordForm first onDone={() => void client.invalidateQueries({ queryKey: meQuery.queryKey })} />
    </Frame>
  );
}
