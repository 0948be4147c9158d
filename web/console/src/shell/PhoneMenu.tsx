import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { Menu } from './Menu.tsx';

export default function PhoneMenu({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer open placement="left" onClose={onClose} size={260} className="drawer-nav" title={t('brand.name')}>
      <Menu />
    </Drawer>
  );
}
