import 'ui/base.css';
import './shell/shell.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ApiProblem, setApiLanguage, setSignedOutHandler } from 'api/client.ts';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { firstLanguage, startI18n, type Words } from 'ui/i18n.ts';
import { recall } from 'ui/local.ts';
import { applyTokens, type Mode } from 'ui/tokens.ts';
import { chinese, english } from './locales/words.ts';
import { PreferencesProvider } from './preferences.tsx';
import { details, pages } from './routes.tsx';
import { meQuery, signedOutKey } from './session.ts';
import { Crash } from './shell/Crash.tsx';
import { Gate, Home } from './shell/Gate.tsx';
import { NotFound } from './shell/NotFound.tsx';
import { Guarded } from './shell/Guarded.tsx';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // A refusal will be the same the next time; only a dead line or an overloaded server is worth another try.
      retry: (count, error) => count < 2 && !(error instanceof ApiProblem && error.status < 502),
    },
  },
});

setSignedOutHandler(() => {
  if (client.getQueryData(meQuery.queryKey)) client.setQueryData(signedOutKey, true);
});

const router = createBrowserRouter([
  {
    path: '/sign-in',
    lazy: async () => ({ Component: (await import('./pages/session/SignInPage.tsx')).default }),
    HydrateFallback: () => null,
    ErrorBoundary: Crash,
  },
  {
    path: '/',
    Component: Gate,
    ErrorBoundary: Crash,
    HydrateFallback: () => null,
    children: [
      { index: true, Component: Home },
      ...[...pages, ...details].map((entry) => ({
        path: entry.path,
        element: <Guarded permission={entry.permission} />,
        ErrorBoundary: Crash,
        children: [{ index: true, lazy: entry.load }],
      })),
      { path: '*', Component: NotFound },
    ],
  },
]);

async function start(): Promise<void> {
  const chosen = recall('theme') as Mode | undefined;
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  applyTokens(chosen ?? (dark ? 'dark' : 'light'), document.documentElement);
  const language = firstLanguage();
  setApiLanguage(language);
  void client.prefetchQuery(meQuery);
  await startI18n(chinese as Words, english, language);
  const root = document.getElementById('root');
  if (!root) throw new Error('no root');
  createRoot(root).render(
    <QueryClientProvider client={client}>
      <PreferencesProvider>
        <RouterProvider router={router} />
      </PreferencesProvider>
    </QueryClientProvider>,
  );
}

void start();
