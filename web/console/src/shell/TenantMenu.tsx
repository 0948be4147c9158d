// The tenant one is in, and those that the same person may enter: one press switches, by a session of that tenant.
import { ShopOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ErrorBox } from 'ui/states.tsx';
import { useMe } from '../session.ts';
import { Popup } from './Popup.tsx';

export const tenantsKey = ['my-tenants'] as const;

export function useTenants() {
  return useQuery({
    queryKey: tenantsKey,
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/me/tenants', { signal }))).items,
    staleTime: 60_000,
  });
}

export function TenantMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const { name } = me.tenant;
  return (
    <Popup label={t('tenants.label', { name })} title={t('tenants.title')}
      icon={<span className="tenant-open"><ShopOutlined aria-hidden /><span className="one-line">{name}</span></span>}>
      {(close) => <Choices close={close} />}
    </Popup>
  );
}

function Choices({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { data = [], error } = useTenants();
  const [asked, setAsked] = useState('');
  const [code, setCode] = useState('');
  // A page of one tenant keeps nothing that another one's could show: the console begins anew.
  const enter = useMutation({
    mutationFn: (tenant: string) => body(api.POST('/api/v1/session/tenant', { body: { tenant, code: code || undefined } })),
    onSuccess: () => window.location.assign('/'),
    onError: (problem, tenant) => {
      if (problem instanceof ApiProblem && problem.errors.some((one) => one.field === 'code')) setAsked(tenant);
    },
  });
  const press = (tenant: string, asksCode: boolean) => {
    if (asksCode && asked !== tenant) {
      setAsked(tenant);
      setCode('');
    } else enter.mutate(tenant);
  };
  return (
    <>
      {data.map((one) => one.current ? (
        <div key={one.tenant} className="item tenant" aria-current="true">
          <span className="grow strong">{one.name}</span>
          {one.sample && <span className="sample-badge">{t('sample.badge')}</span>}
          <span className="small dim">{t('tenants.current')}</span>
        </div>
      ) : (
        <div key={one.tenant}>
          <button type="button" className="bare item tenant" disabled={!one.holds || enter.isPending} onClick={() => press(one.tenant, one.asks_code)}>
            <span className="grow">{one.name} <span className="mono small dim">{one.login}</span></span>
            {one.sample && <span className="sample-badge">{t('sample.badge')}</span>}
            {!one.holds && <span className="small dim">{t('tenants.ended')}</span>}
          </button>
          {asked === one.tenant && (
            <div className="row" style={{ padding: '4px 8px' }}>
              <Input value={code} onChange={(event) => setCode(event.target.value.trim())} onPressEnter={() => enter.mutate(one.tenant)}
                autoFocus maxLength={40} inputMode="numeric" autoComplete="one-time-code" aria-label={t('tenants.code')} placeholder={t('tenants.code')} />
              <Button type="primary" loading={enter.isPending} disabled={code.length < 6} onClick={() => enter.mutate(one.tenant)}>{t('tenants.enter')}</Button>
            </div>
          )}
        </div>
      ))}
      {(error ?? (code || !asked ? enter.error : null)) && <ErrorBox error={error ?? enter.error} />}
      <hr />
      <Link className="bare item" to="/account" onClick={close}>{t('tenants.more')}</Link>
    </>
  );
}
