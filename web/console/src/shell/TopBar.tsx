import { SearchOutlined, UserOutlined } from '@ant-design/icons';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { usePreferences } from '../preferences.tsx';
import { useMe } from '../session.ts';
import { JobTray } from './JobTray.tsx';
import { Popup } from './Popup.tsx';
import { TenantMenu } from './TenantMenu.tsx';
import { useSignOut } from './sign-out.ts';
import { LanguageSwitch, ThemeSwitch } from './switches.tsx';

const Approvals = lazy(() => import('./Approvals.tsx'));
const PasswordDialog = lazy(() => import('./PasswordDialog.tsx'));

export function TopBar({ onSearch }: { onSearch: () => void }) {
  const { t } = useTranslation();
  const { phone } = usePreferences();
  const me = useMe();
  return (
    <header className="topbar no-print">
      {phone ? (
        <button type="button" className="icon-button" aria-label={t('search.open')} onClick={onSearch}><SearchOutlined /></button>
      ) : (
        <button type="button" className="search-open" onClick={onSearch}>
          <SearchOutlined />
          <span className="one-line">{t('search.open')}</span>
          <kbd>Ctrl K</kbd>
        </button>
      )}
      <div className="right">
        <TenantMenu />
        {me.tenant.sample && <span className="sample-badge" title={t('sample.why')}>{t('sample.badge')}</span>}
        <ScopeChip />
        <Suspense><Approvals /></Suspense>
        <JobTray />
        <LanguageSwitch />
        <ThemeSwitch />
        <Mine />
      </div>
    </header>
  );
}

function ScopeChip() {
  const { t } = useTranslation();
  const { scope } = useMe();
  if (scope.all) return <span className="scope-chip" title={t('scope.why')}>{t('scope.all')}</span>;
  const [first] = scope.nodes;
  const names = scope.nodes.map((node) => node.name).join(' · ');
  return (
    <span className="scope-chip one-line" title={names}>
      {scope.nodes.length === 1 ? t('scope.one', { name: first?.name ?? '' })
        : t('scope.many', { name: first?.name ?? '', count: scope.nodes.length })}
    </span>
  );
}

function Mine() {
  const { t } = useTranslation();
  const me = useMe();
  const signOut = useSignOut();
  const [failed, setFailed] = useState(false);
  const [changing, setChanging] = useState(false);
  const name = me.staff?.name ?? t('me.program');
  return (
    <>
      <Popup label={t('me.label', { name })} title={name} icon={<UserOutlined aria-hidden />}>
        {(close) => (
          <>
            <div className="strong">{name} <span className="mono dim">{me.staff?.login}</span></div>
            <div className="dim">{me.tenant.name}</div>
            <hr />
            <button type="button" className="bare item" onClick={() => { close(); setChanging(true); }}>{t('me.password')}</button>
            <Link className="bare item" to="/account" onClick={close}>{t('me.security')}</Link>
            <button type="button" className="bare item" onClick={() => void signOut().catch(() => setFailed(true))}>{t('me.signOut')}</button>
            {failed && <div className="small" role="alert" style={{ color: 'var(--error)' }}>{t('signOut.failed')}</div>}
          </>
        )}
      </Popup>
      {changing && <Suspense><PasswordDialog onClose={() => setChanging(false)} /></Suspense>}
    </>
  );
}
