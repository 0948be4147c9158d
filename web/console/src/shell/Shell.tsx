// The frame around every page: menu, top bar, palette, people drawer, banners.
import { MenuFoldOutlined, MenuOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { Logo } from 'ui/Logo.tsx';
import { useOnline } from 'ui/hooks.ts';
import { recall, remember } from 'ui/local.ts';
import { BusyBar } from 'ui/states.tsx';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { PeopleDrawer } from '../people/PeopleDrawer.tsx';
import { groups, pages } from '../routes.tsx';
import { signedOutKey } from '../session.ts';
import { Palette } from './Palette.tsx';
import { SessionEnded } from './SessionEnded.tsx';
import { TopBar } from './TopBar.tsx';
import { useShortcuts } from './shortcuts.ts';
import { Shortcuts } from './Shortcuts.tsx';

export function Shell() {
  const { t } = useTranslation();
  const { phone } = useViewer();
  const [collapsed, setCollapsed] = useState(() => recall('menu') === 'collapsed');
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const online = useOnline();
  const navigation = useNavigation();
  const location = useLocation();
  const { data: ended } = useQuery({ queryKey: signedOutKey, queryFn: () => false, enabled: false });

  useEffect(() => setDrawer(false), [location.pathname]);
  useShortcuts({ openPalette: () => setPalette(true), openHelp: () => setHelp(true) });

  const fold = () => {
    setCollapsed(!collapsed);
    remember('menu', collapsed ? undefined : 'collapsed');
  };
  return (
    <div className={collapsed ? 'shell collapsed' : 'shell'}>
      <a className="skip" href="#main">{t('skip')}</a>
      <Link to="/" className="brand" aria-label={t('brand.home')}>
        <Logo />
        {!collapsed && <span>{t('brand.name')}</span>}
      </Link>
      {!phone && <Menu fold={fold} collapsed={collapsed} />}
      <TopBar onSearch={() => setPalette(true)} onMenu={() => setDrawer(true)}
        menu={<MenuOutlined />} />
      <main id="main" tabIndex={-1}>
        <BusyBar on={navigation.state === 'loading'} />
        {!online && <Offline />}
        <Outlet />
        <ScrollRestoration />
      </main>
      {phone && (
        <Drawer open={drawer} placement="left" onClose={() => setDrawer(false)} size={260} className="drawer-nav"
          title={t('brand.name')}>
          <Menu />
        </Drawer>
      )}
      {palette && <Palette onClose={() => setPalette(false)} />}
      {help && <Shortcuts onClose={() => setHelp(false)} />}
      <PeopleDrawer />
      {ended === true && <SessionEnded />}
    </div>
  );
}

function Menu({ fold, collapsed }: { fold?: () => void; collapsed?: boolean }) {
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

function Offline() {
  const { t } = useTranslation();
  const format = useFormat();
  const { now } = useViewer();
  const [since] = useState(() => now().toISOString());
  return <div className="banner" role="status">{t('offline', { time: format.dateTimeSeconds(since) })}</div>;
}
