// Who brought this person, and whom it brought. What is said here stands before what any file says.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { PickPerson } from './PickPerson.tsx';
import { ReasonField, reasonFits } from './ReasonField.tsx';

export function Referral({ id }: { id: string }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const mayWrite = useMay('customer.write');
  const [asking, setAsking] = useState(false);
  const query = useQuery({
    queryKey: ['customer', id, 'referral'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}/referral', { params: { path: { id } }, signal })),
  });
  const name = (one: { customer: string; name_masked: string }) => <Link key={one.customer} to={`/customers/${one.customer}?tab=household`}>{one.name_masked || t('noName')}</Link>;
  return (
    <Card title={t('referral.title')} extra={mayWrite && <Button size="small" onClick={() => setAsking(true)}>{t('referral.change')}</Button>}>
      <Loaded query={query} rows={2}>
        {({ referrer, by_hand, count, brought }) => (
          <>
            <div className="row tight">
              <span className="dim">{t('referral.referrer')}</span>
              {referrer ? name(referrer) : <span className="dim">{t('referral.nobody')}</span>}
              {referrer && by_hand && <Tag>{t('referral.byHand')}</Tag>}
            </div>
            <div className="row tight" style={{ marginTop: 8 }}>
              <span className="dim">{t('referral.brought', { count, shown: format.exact(count) })}</span>
              {brought.map(name)}
            </div>
          </>
        )}
      </Loaded>
      {asking && <Change id={id} byHand={query.data?.by_hand ?? false} onClose={() => setAsking(false)} />}
    </Card>
  );
}

function Change({ id, byHand, onClose }: { id: string; byHand: boolean; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const client = useQueryClient();
  const [referrer, setReferrer] = useState<string>();
  const [reason, setReason] = useState('');
  const save = useMutation({
    mutationFn: (whom?: string) => body(api.PUT('/api/v1/customers/{id}/referral', { params: { path: { id } }, body: { ...(whom && { referrer: whom }), reason: reason.trim() } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['customer'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('referral.change')} onCancel={onClose} okText={t('referral.save')} confirmLoading={save.isPending}
      okButtonProps={{ disabled: !referrer || !reasonFits(reason) }} onOk={() => save.mutate(referrer)}>
      <div className="stack">
        <p className="small dim">{t('referral.text')}</p>
        <PickPerson value={referrer} onChange={setReferrer} />
        <ReasonField value={reason} onChange={setReason} />
        {byHand && <Button disabled={!reasonFits(reason)} loading={save.isPending} onClick={() => save.mutate(undefined)}>{t('referral.clear')}</Button>}
        {save.error && <ErrorBox error={save.error} />}
      </div>
    </Modal>
  );
}
