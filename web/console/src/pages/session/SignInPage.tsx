import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { meQuery, signedOutKey } from '../../session.ts';
import { Frame } from './Frame.tsx';
import { SignInForm } from './SignInForm.tsx';

// Only an address of our own may be the next one.
function ownAddress(next: string | null): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/';
}

export default function SignInPage() {
  const { t } = useTranslation('session');
  const client = useQueryClient();
  const [params] = useSearchParams();
  const { data: me } = useQuery(meQuery);
  if (me) return <Navigate replace to={ownAddress(params.get('next'))} />;
  return (
    <Frame title={t('title')} text={t('text')}>
      <SignInForm onDone={() => {
        client.setQueryData(signedOutKey, false);
        void client.invalidateQueries({ queryKey: meQuery.queryKey });
      }} />
    </Frame>
  );
}
