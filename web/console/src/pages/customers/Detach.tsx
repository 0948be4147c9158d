// Severs a key from its customer, for example a phone number that was given to somebody else. Taken back at once by the
// toast, later by merging the two customers.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { useUndo } from 'ui/undo.tsx';
import { ReasonField, reasonFits } from './ReasonField.tsx';

export function Detach({ number, onClose }: { number: number; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const offerUndo = useUndo();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const sever = useMutation({
    mutationFn: () => body(api.POST('/api/v1/identities/{number}/detach', { params: { path: { number } }, body: { reason: reason.trim() } })),
    onSuccess: (done) => {
      const fresh = () => client.invalidateQueries({ queryKey: ['customer'] });
      void fresh();
      offerUndo(t('detach.done'), async () => {
        await body(api.POST('/api/v1/links/merge', { body: { a: done.from, b: done.to, reason: t('undo.reason') } }));
        await fresh();
      });
      onClose();
    },
  });
  return (
    <Modal open title={t('detach.title')} onCancel={onClose} okText={t('detach.button')} confirmLoading={sever.isPending}
      okButtonProps={{ disabled: !reasonFits(reason) }} onOk={() => sever.mutate()}>
      <p style={{ marginBottom: 12 }}>{t('detach.text')}</p>
      <ReasonField value={reason} onChange={setReason} />
      {sever.error && <ErrorBox error={sever.error} />}
    </Modal>
  );
}
