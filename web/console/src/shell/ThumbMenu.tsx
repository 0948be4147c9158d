// The bottom menu of a phone: the pages of the day under the thumb, and the whole menu behind the last one.
import { EllipsisOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { useOfStores } from '../session.ts';
import { thumbPages, useMyPages } from './my-pages.ts';

export function ThumbMenu({ open, onMore }: { open: boolean; onMore: () => void }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const atStore = useOfStores();
  const shown = thumbPages(useMyPages());
  const elsewhere = !shown.some(({ path }) => pathname === path || pathname.startsWith(`${path}/`));
  return (
    <nav className="thumb-menu no-print" aria-label={t('menu.thumb')}>
      {shown.map(({ key, path, icon: Icon }) => (
        <NavLink key={key} to={path}>
          <Icon aria-hidden />
          <span>{key === 'customers' && atStore ? t('menu.guests') : t(`page.${key}`)}</span>
        </NavLink>
      ))}
      <button type="button" className={elsewhere ? 'bare active' : 'bare'} aria-haspopup="dialog" aria-expanded={open} onClick={onMore}>
        <EllipsisOutlined aria-hidden />
        <span>{t('menu.more')}</span>
      </button>
    </nav>
  );
}
