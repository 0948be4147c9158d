// Who comes in: nobody signed in goes to the sign-in page, a one-time password is changed first, the rest see the shell.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { Navigate, useLocation } from 'react-router';
import { ErrorBox, Skeleton } from 'ui/states.tsx';
import { ViewerContext, type Viewer } from 'ui/viewer.tsx';
import { usePreferences } from '../preferences.tsx';
import { meQuery, useMe } from '../session.ts';
import { pagesOf } from './my-pages.ts';
import { Shell } from './Shell.tsx';

const Enrol = lazy(() => import('../pages/session/EnrolPage.tsx'));
const ChangePassword = lazy(() => import('../pages/session/ChangePasswordPage.tsx'));

export function Gate() {
  const { data, error, refetch } = useQuery(meQuery);
  const location = useLocation();
  if (data === undefined) {
    if (error) return <main className="page narrow"><ErrorBox error={error} retry={() => void refetch()} /></main>;
    return <Skeleton rows={4} />;
  }
  if (data === null) {
    const next = location.pathname + location.search;
    return <Navigate replace to={next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`} />;
  }
  if (data.must_change_password) return <Suspense><ChangePassword /></Suspense>;
  if (data.must_enrol) return <Suspense><Enrol /></Suspense>;
  return <SignedIn />;
}

function SignedIn() {
  const me = useMe();
  const { language, mode, phone } = usePreferences();
  const viewer = useMemo<Viewer>(
    () => ({
      language, mode, phone,
      zone: me.tenant.zone,
      currency: me.tenant.currency,
      cutoffMinutes: me.tenant.business_day_cutoff_min,
      now: () => new Date(Date.now() + me.skew),
      permissions: new Set([...me.permissions, 'signed_in']),
    }),
    [me, language, mode, phone],
  );
  return (
    <ViewerContext value={viewer}>
      <Shell />
    </ViewerContext>
  );
}

// "/" is the first page of the menu that the person may see.
export function Home() {
  const me = useMe();
  return <Navigate replace to={pagesOf(me)[0]?.path ?? '/settings'} />;
}
