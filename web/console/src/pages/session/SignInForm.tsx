import { ApiProblem, api, body } from 'api/client.ts';
import type { SignedInReply } from 'api/contract.ts';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';

interface Fields { login: string; password: string; code?: string }

export function SignInForm({ onDone }: { onDone: (reply: SignedInReply) => void }) {
  const { t } = useTranslation('session');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const submit = async (fields: Fields) => {
    setBusy(true);
    setError(undefined);
    try {
      onDone(await body(api.POST('/api/v1/session', { body: fields })));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const asked = error instanceof ApiProblem && error.errors.some((one) => one.field === 'code');
  const [withCode, setWithCode] = useState(false);
  if (asked && !withCode) setWithCode(true);
  const refused = error instanceof ApiProblem && error.status === 401;
  return (
    <Form<Fields> layout="vertical" requiredMark={false} onFinish={(fields) => void submit(fields)}>
      <Form.Item name="login" label={t('login')} rules={[{ required: true, message: t('loginNeeded') }]}>
        <Input autoComplete="username" autoFocus maxLength={64} />
      </Form.Item>
      <Form.Item name="password" label={t('password.label')} rules={[{ required: true, message: t('password.needed') }]}>
        <Input.Password autoComplete="current-password" maxLength={128} />
      </Form.Item>
      {withCode && (
        <Form.Item name="code" label={t('factor.code')} extra={t('factor.codeNote')}>
          <Input autoComplete="one-time-code" inputMode="numeric" autoFocus maxLength={40} />
        </Form.Item>
      )}
      {refused && <p role="alert" style={{ color: 'var(--error)', marginBottom: 12 }}>{t('refused')}</p>}
      {error !== undefined && !refused && <div style={{ marginBottom: 12 }}><ErrorBox error={error} /></div>}
      <Button type="primary" htmlType="submit" block loading={busy}>{t('signIn')}</Button>
    </Form>
  );
}
