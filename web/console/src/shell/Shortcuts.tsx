import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useViewer } from 'ui/viewer.tsx';
import { pages } from '../routes.tsx';

export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { permissions } = useViewer();
  const keys: [string, string][] = [
    ['Ctrl K  /', t('keys.palette')],
    ['j  k', t('keys.rows')],
    ['Enter', t('keys.open')],
    ['Esc', t('keys.close')],
    ...pages
      .filter((page) => page.letter && permissions.has(page.permission))
      .map((page): [string, string] => [`g ${page.letter ?? ''}`, t(`page.${page.key}`)]),
  ];
  return (
    <Modal open title={t('keys.title')} footer={null} onCancel={onClose}>
      <dl className="facts">
        {keys.flatMap(([key, text]) => [<dt key={key}><kbd className="mono">{key}</kbd></dt>, <dd key={`${key} means`}>{text}</dd>])}
      </dl>
    </Modal>
  );
}
