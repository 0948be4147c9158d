// The session ended under an open page: the page and what was typed stay, a sign-in form lies over it.
import { useQueryClient } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { SignInForm } from '../pages/session/SignInForm.tsx';
import { signedOutKey } from '../session.ts';

export default function SessionEnded() {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <Modal open title={t('sessionEnded')} footer={null} closable={false} mask={{ closable: false }} keyboard={false}>
      <SignInForm onDone={() => {
        client.setQueryData(signedOutKey, false);
        void client.invalidateQueries();
      }} />
    </Modal>
  );
}
