import { DownOutlined, MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useLocation } from 'react-router';
import { recall, remember } from 'ui/local.ts';
import { groups, type Group, type PageEntry } from '../routes.tsx';
import { useMyPages } from './my-pages.ts';

// The groups that somebody folded, kept in the browser. The group of the page one is on is open whatever was folded.
function useFolded() {
  const [folded, setFolded] = useState(() => new Set((recall('menu-folded') ?? '').split(' ')));
  return {
    folded,
    toggle: (group: Group) => {
      const next = new Set(folded);
      if (!next.delete(group)) next.add(group);
      remember('menu-folded', [...next].join(' ').trim());
      setFolded(next);
    },
  };
}

const holds = (mine: PageEntry[], path: string) => mine.some((page) => path === page.path || path.startsWith(`${page.path}/`));

export function Menu({ fold, collapsed }: { fold?: () => void; collapsed?: boolean }) {
  const { t } = useTranslation();
  const pages = useMyPages();
  const { pathname } = useLocation();
  const { folded, toggle } = useFolded();
  return (
    <nav className="nav" aria-label={t('menu.label')}>
      {groups.map((group) => {
        const mine = pages.filter((page) => page.group === group);
        if (mine.length === 0) return null;
        const here = holds(mine, pathname);
        const open = collapsed || here || !folded.has(group);
        return (
          <div key={group} role="group" aria-label={t(`group.${group}`)} style={{ display: 'contents' }}>
            <button type="button" className="bare group" aria-expanded={open} disabled={here || collapsed} onClick={() => toggle(group)}>
              <span>{t(`group.${group}`)}</span>
              {!here && <DownOutlined aria-hidden />}
            </button>
            {open && mine.map(({ key, path, icon: Icon }) => (
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
