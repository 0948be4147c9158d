// The second factor of the one who is signed in: enrolling with a QR code, recovery codes shown once, giving it up.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Button, Input, QRCode } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { meQuery } from '../../session.ts';

export function SecondFactor({ standing }: { standing: boolean }) {
  const { t } = useTranslation('session');
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const [kept, setKept] = useState<string[]>();
  const enrol = useMutation({ gcTime: 0, mutationFn: () => body(api.POST('/api/v1/me/second-factor')) });
  const again = () => client.invalidateQueries({ queryKey: meQuery.queryKey });
  const confirm = useMutation({
    gcTime: 0,
    mutationFn: () => body(api.POST('/api/v1/me/second-factor/confirm', { body: { code } })),
    onSuccess: (made) => setKept(made.codes),
  });
  const remove = useMutation({
    mutationFn: () => body(api.POST('/api/v1/me/second-factor/remove', { body: { code } })),
    onSuccess: () => {
      setCode('');
      enrol.reset();
      void again();
    },
  });
  const field = <Input value={code} onChange={(event) => setCode(event.target.value.trim())} maxLength={40} inputMode="numeric" autoComplete="one-time-code" aria-label={t('factor.code')} placeholder={t('factor.code')} style={{ maxWidth: 200 }} />;
  if (kept) {
    return (
      <div className="stack">
        <p>{t('factor.kept')}</p>
        <pre className="mono card" style={{ padding: 12, columns: 2 }}>{kept.join('\n')}</pre>
        <div><Button type="primary" onClick={() => { setKept(undefined); setCode(''); void again(); }}>{t('factor.keptDone')}</Button></div>
      </div>
    );
  }
  if (standing) {
    return (
      <div className="stack">
        <p>{t('factor.standing')}</p>
        <div className="row">{field}<Button loading={remove.isPending} disabled={code.length < 6} onClick={() => remove.mutate()}>{t('factor.remove')}</Button></div>
        {remove.error && <ErrorBox error={remove.error} />}
      </div>
    );
  }
  if (!enrol.data) {
    return (
      <div className="stack">
        <p>{t('factor.why')}</p>
        <div><Button type="primary" loading={enrol.isPending} onClick={() => enrol.mutate()}>{t('factor.begin')}</Button></div>
        {enrol.error && <ErrorBox error={enrol.error} />}
      </div>
    );
  }
  return (
    <div className="stack">
      <p>{t('factor.scan')}</p>
      <QRCode value={enrol.data.uri} size={180} bgColor="#ffffff" color="#000000" />
      <p className="small dim">{t('factor.byHand')} <code className="mono" style={{ overflowWrap: 'anywhere' }}>{enrol.data.secret}</code></p>
      <div className="row">{field}<Button type="primary" loading={confirm.isPending} disabled={code.length < 6} onClick={() => confirm.mutate()}>{t('factor.confirm')}</Button></div>
      {confirm.error && <ErrorBox error={confirm.error} />}
    </div>
  );
}
