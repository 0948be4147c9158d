import { App, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { PasswordForm } from '../pages/session/PasswordForm.tsx';

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('session');
  const { message } = App.useApp();
  return (
    <Modal open title={t('password.title')} footer={null} onCancel={onClose}>
      <PasswordForm onDone={() => {
        void message.success(t('password.done'));
        onClose();
      }} />
    </Modal>
  );
}
