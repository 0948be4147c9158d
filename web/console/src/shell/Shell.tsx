// The frame around every page: menu, top bar, palette, people drawer, banners.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';
import { Logo } from 'ui/Logo.tsx';
import { useOnline } from 'ui/hooks.ts';
import { recall, remember } from 'ui/local.ts';
import { BusyBar } from 'ui/states.tsx';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { peopleKey } from '../people/people.ts';
import { signedOutKey, useMe } from '../session.ts';
import { Eyes } from './Eyes.tsx';
import { Menu } from './Menu.tsx';
import { RecentTabs } from './RecentTabs.tsx';
import { ThumbMenu } from './ThumbMenu.tsx';
import { TopBar } from './TopBar.tsx';
import { useShortcuts } from './shortcuts.ts';

// What few visits need is fetched when it is needed.
const PeopleDrawer = lazy(() => import('../people/PeopleDrawer.tsx'));
const Palette = lazy(() => import('./Palette.tsx'));
const PhoneMenu = lazy(() => import('./PhoneMenu.tsx'));
const SessionEnded = lazy(() => import('./SessionEnded.tsx'));
const LockedNote = lazy(() => import('./LockedNote.tsx'));
const Shortcuts = lazy(() => import('./Shortcuts.tsx'));

export function Shell() {
  const { t } = useTranslation();
  const { phone } = useViewer();
  const { locked } = useMe();
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
      <TopBar onSearch={() => setPalette(true)} />
      <div className="work">
        {!phone && <RecentTabs />}
        <main id="main" tabIndex={-1} data-at={location.pathname + location.search}>
          <BusyBar on={navigation.state === 'loading'} />
          {!online && <Offline />}
          <Eyes />
          {locked.length > 0 && <Suspense><LockedNote /></Suspense>}
          <Outlet />
          <ScrollRestoration />
        </main>
      </div>
      {phone && <ThumbMenu open={drawer} onMore={() => setDrawer(true)} />}
      <Suspense>
        {phone && drawer && <PhoneMenu onClose={() => setDrawer(false)} />}
        {palette && <Palette onClose={() => setPalette(false)} />}
        {help && <Shortcuts onClose={() => setHelp(false)} />}
        {new URLSearchParams(location.search).has(peopleKey) && <PeopleDrawer />}
        {ended === true && <SessionEnded />}
      </Suspense>
    </div>
  );
}

function Offline() {
  const { t } = useTranslation();
  const format = useFormat();
  const { now } = useViewer();
  const [since] = useState(() => now().toISOString());
  return <div className="banner" role="status">{t('offline', { time: format.dateTimeSeconds(since) })}</div>;
}
