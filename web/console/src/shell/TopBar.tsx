import { SearchOutlined, ShopOutlined, UserOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { App, Dropdown } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { usePreferences } from '../preferences.tsx';
import { useMe } from '../session.ts';
import { JobTray } from './JobTray.tsx';
import { PasswordDialog } from './PasswordDialog.tsx';
import { LanguageSwitch, ThemeSwitch } from './switches.tsx';

interface Props { onSearch: () => void; onMenu: () => void; menu: ReactNode }

export function TopBar({ onSearch, onMenu, menu }: Props) {
  const { t } = useTranslation();
  const { phone } = usePreferences();
  const me = useMe();
  return (
    <header className="topbar no-print">
      {phone && <button type="button" className="icon-button" aria-label={t('menu.label')} onClick={onMenu}>{menu}</button>}
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
        {me.tenant.sample && <span className="sample-badge" title={t('sample.why')}>{t('sample.badge')}</span>}
        <ScopeChip />
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

export function useSignOut(): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const { t } = useTranslation();
  return () => {
    void body(api.DELETE('/api/v1/session'))
      .then(() => {
        client.clear();
        return navigate('/sign-in');
      })
      .catch(() => void message.error(t('signOut.failed')));
  };
}

function Mine() {
  const { t } = useTranslation();
  const me = useMe();
  const signOut = useSignOut();
  const [changing, setChanging] = useState(false);
  const name = me.staff?.name ?? t('me.program');
  return (
    <>
      <Dropdown trigger={['click']} menu={{
        items: [
          { key: 'who', disabled: true, label: `${name} · ${me.staff?.login ?? ''}` },
          { key: 'tenant', disabled: true, icon: <ShopOutlined />, label: me.tenant.name },
          { type: 'divider' },
          { key: 'password', label: t('me.password'), onClick: () => setChanging(true) },
          { key: 'out', label: t('me.signOut'), onClick: signOut },
        ],
      }}>
        <button type="button" className="icon-button" aria-label={t('me.label', { name })} title={name}><UserOutlined /></button>
      </Dropdown>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  );
}
