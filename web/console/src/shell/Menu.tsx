import { MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';
import { useViewer } from 'ui/viewer.tsx';
import { groups, pages } from '../routes.tsx';

export function Menu({ fold, collapsed }: { fold?: () => void; collapsed?: boolean }) {
  const { t } = useTranslation();
  const { permissions } = useViewer();
  return (
    <nav className="nav" aria-label={t('menu.label')}>
      {groups.map((group) => {
        const mine = pages.filter((page) => page.group === group && permissions.has(page.permission));
        if (mine.length === 0) return null;
        return (
          <div key={group} role="group" aria-label={t(`group.${group}`)} style={{ display: 'contents' }}>
            <div className="group" aria-hidden="true">{t(`group.${group}`)}</div>
            {mine.map(({ key, path, icon: Icon }) => (
              <NavLink key={key} to={path} title={collapsed ? t(`page.${key}`) : undefined}>
                <Icon aria-hidden />
                <span>{t(`page.${key}`)}</span>
              </NavLink>
            ))}
          </div>
        );
      })}
      {fold && (
        <button type="button" className="bare fold" onClick={fold} aria-label={collapsed ? t('menu.unfold') : t('menu.fold')}>
          {collapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
          <span>{t('menu.fold')}</span>
        </button>
      )}
    </nav>
  );
}
