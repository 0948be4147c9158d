import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PasswordForm } from '../pages/session/PasswordForm.tsx';

export default function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('session');
  const [done, setDone] = useState(false);
  return (
    <Modal open title={t('password.title')} footer={null} onCancel={onClose}>
      {done ? (
        <div className="stack" role="status">
          <p>{t('password.done')}</p>
          <Button type="primary" onClick={onClose}>{t('password.close')}</Button>
        </div>
      ) : <PasswordForm onDone={() => setDone(true)} />}
    </Modal>
  );
}
