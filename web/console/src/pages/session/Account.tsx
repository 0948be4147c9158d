// How I sign in: the second factor and my open sessions.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Loaded } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { useMe } from '../../session.ts';
import { LinkedTenants } from './LinkedTenants.tsx';
import { SecondFactor } from './SecondFactor.tsx';

export default function Account() {
  const { t } = useTranslation('session');
  const me = useMe();
  const query = useQuery({ queryKey: ['my-sessions'], queryFn: ({ signal }) => body(api.GET('/api/v1/me/sessions', { signal })) });
  return (
    <div className="page narrow">
      <PageHeader title={t('account.title')} sub={me.staff && `${me.staff.name} · ${me.staff.login}`} />
      <div className="stack">
        <Card title={t('factor.title')}><SecondFactor standing={me.second_factor} /></Card>
        <Card title={t('tenants.title')}><LinkedTenants /></Card>
        <Card title={t('account.sessions')} flush><Loaded query={query} rows={2}>{({ items }) => <Sessions items={items} />}</Loaded></Card>
      </div>
    </div>
  );
}

function Sessions({ items }: { items: { id: string; since: string; last_seen: string; ip: string }[] }) {
  const { t } = useTranslation('session');
  const format = useFormat();
  const { message } = App.useApp();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: (session: string) => body(api.POST('/api/v1/me/sessions/end', { body: { session } })),
    onError: (error) => void message.error(error.message),
    onSettled: () => client.invalidateQueries({ queryKey: ['my-sessions'] }),
  });
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('account.since')}</th><th>{t('account.lastSeen')}</th><th>{t('account.ip')}</th><ActionsHead /></tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <td>{format.dateTime(one.since)}</td><td>{format.dateTime(one.last_seen)}</td><td className="mono">{one.ip || '–'}</td>
              <td><Button size="small" loading={end.isPending && end.variables === one.id} onClick={() => end.mutate(one.id)}>{t('account.end')}</Button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
