// Recent pages as tabs under the top bar: addresses only, nothing is kept drawn behind them.
import { CloseOutlined } from '@ant-design/icons';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useNavigate } from 'react-router';
import { shortId } from 'ui/CopyId.tsx';
import { tabOf, visited, type RecentTab } from './recent.ts';

export function RecentTabs() {
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const [tabs, setTabs] = useState<RecentTab[]>([]);
  useEffect(() => {
    const now = tabOf(pathname, search);
    if (now) setTabs((before) => visited(before, now));
  }, [pathname, search]);
  const name = (tab: RecentTab) => {
    const page = t(`page.${tab.of}`);
    return tab.id ? t('recent.object', { name: page, id: shortId(tab.id) }) : page;
  };
  const close = (tab: RecentTab) => {
    const at = tabs.indexOf(tab);
    const rest = tabs.filter((one) => one !== tab);
    setTabs(rest);
    const next = rest[Math.min(at, rest.length - 1)];
    // The address bar, not what is drawn: a page that still loads may be closed as well.
    if (tab.path === window.location.pathname && next) void navigate(next.path + next.search);
  };
  if (tabs.length < 2) return null;
  return (
    <nav className="recent no-print" aria-label={t('recent.label')}>
      {tabs.map((tab) => (
        <span key={tab.path} className={tab.path === pathname ? 'tab current' : 'tab'}>
          <Link to={tab.path + tab.search} aria-current={tab.path === pathname ? 'page' : undefined}>{name(tab)}</Link>
          <button type="button" className="bare" aria-label={t('recent.close', { name: name(tab) })} onClick={() => close(tab)}><CloseOutlined /></button>
        </span>
      ))}
    </nav>
  );
}
