import { ApiProblem, api, body } from 'api/client.ts';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';

interface Fields { old_password: string; new_password: string; again: string }

export function PasswordForm({ onDone, first }: { onDone: () => void; first?: boolean }) {
  const { t } = useTranslation('session');
  const [form] = Form.useForm<Fields>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const submit = async ({ old_password, new_password }: Fields) => {
    setBusy(true);
    setError(undefined);
    try {
      await body(api.POST('/api/v1/me/password', { body: { old_password, new_password } }));
      onDone();
    } catch (problem) {
      const fields = problem instanceof ApiProblem ? problem.errors.filter((one) => one.field in form.getFieldsValue()) : [];
      form.setFields(fields.map((one) => ({
        name: one.field as keyof Fields,
        errors: [one.remedy ? `${one.reason} · ${one.remedy}` : one.reason],
      })));
      if (fields.length === 0) setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void submit(fields)}>
      <Form.Item name="old_password" label={first ? t('password.oneTime') : t('password.old')}
        rules={[{ required: true, message: t('password.needed') }]}>
        <Input.Password autoComplete="current-password" autoFocus maxLength={128} />
      </Form.Item>
      <Form.Item name="new_password" label={t('password.new')} extra={t('password.rule')}
        rules={[{ required: true, message: t('password.needed') }, { min: 8, message: t('password.rule') }]}>
        <Input.Password autoComplete="new-password" maxLength={128} />
      </Form.Item>
      <Form.Item name="again" label={t('password.again')} dependencies={['new_password']}
        rules={[
          { required: true, message: t('password.needed') },
          { validator: (_, value) => value === form.getFieldValue('new_password') ? Promise.resolve() : Promise.reject(new Error(t('password.differs'))) },
        ]}>
        <Input.Password autoComplete="new-password" maxLength={128} />
      </Form.Item>
      {error !== undefined && <div style={{ marginBottom: 12 }}><ErrorBox error={error} /></div>}
      <Button type="primary" htmlType="submit" block loading={busy}>{t('password.save')}</Button>
    </Form>
  );
}
