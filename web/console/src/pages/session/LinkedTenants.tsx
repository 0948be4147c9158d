// The other tenants that I may enter from the top bar: which they are, joining one more, parting.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import { Button, Form, Input, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { tenantsKey, useTenants } from '../../shell/TenantMenu.tsx';

interface Fields { login: string; password: string; code?: string; own_password: string }

export function LinkedTenants() {
  const { t } = useTranslation('session');
  const client = useQueryClient();
  const query = useTenants();
  const again = () => client.invalidateQueries({ queryKey: tenantsKey });
  const unlink = useMutation({
    mutationFn: (tenant: string) => body(api.POST('/api/v1/me/tenants/unlink', { body: { tenant } })),
    onSuccess: again,
  });
  return (
    <div className="stack">
      <p>{t('tenants.why')}</p>
      <Loaded query={query} rows={1}>
        {(items) => (
          <>
            {items.filter((one) => !one.current).map((one) => (
              <div key={one.tenant} className="row">
                <span className="grow">{one.name} <span className="mono dim">{one.login}</span></span>
                {one.sample && <span className="sample-badge">{t('tenants.sample')}</span>}
                {!one.holds && <span className="dim">{t('tenants.ended')}</span>}
                <Popconfirm title={t('tenants.unlinkAsk', { name: one.name })} onConfirm={() => unlink.mutate(one.tenant)}>
                  <Button size="small" loading={unlink.isPending && unlink.variables === one.tenant}>{t('tenants.unlink')}</Button>
                </Popconfirm>
              </div>
            ))}
          </>
        )}
      </Loaded>
      {unlink.error && <ErrorBox error={unlink.error} />}
      <Join onDone={() => void again()} />
    </div>
  );
}

function Join({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('session');
  const [form] = Form.useForm<Fields>();
  const join = useMutation({
    gcTime: 0,
    mutationFn: (fields: Fields) => body(api.POST('/api/v1/me/tenants', { body: fields })),
    onSuccess: () => {
      form.resetFields();
      onDone();
    },
  });
  const { error } = join;
  const asksCode = error instanceof ApiProblem && error.errors.some((one) => one.field === 'code');
  const refused = error instanceof ApiProblem && error.status === 401;
  const needed = [{ required: true, message: t('password.needed') }];
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} style={{ maxWidth: 360 }} onFinish={(fields) => join.mutate(fields)}>
      <Form.Item name="login" label={t('tenants.login')} rules={[{ required: true, message: t('loginNeeded') }]}><Input autoComplete="off" maxLength={64} /></Form.Item>
      <Form.Item name="password" label={t('tenants.password')} rules={needed}><Input.Password autoComplete="off" maxLength={128} /></Form.Item>
      {asksCode && <Form.Item name="code" label={t('factor.code')}><Input autoComplete="one-time-code" inputMode="numeric" maxLength={40} /></Form.Item>}
      <Form.Item name="own_password" label={t('tenants.own')} rules={needed}><Input.Password autoComplete="current-password" maxLength={128} /></Form.Item>
      {refused && <p role="alert" style={{ color: 'var(--error)' }}>{t('tenants.refused')}</p>}
      {error && !refused && <div style={{ marginBottom: 12 }}><ErrorBox error={error} /></div>}
      <Button htmlType="submit" loading={join.isPending}>{t('tenants.link')}</Button>
    </Form>
  );
}
