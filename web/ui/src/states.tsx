// What a page shows when it has nothing to show: loading, empty, failed, forbidden, offline.
import { ApiProblem, NetworkProblem } from 'api/client.ts';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLater } from './hooks.ts';

export function Empty({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="state" role="status">
      <div className="title">{title}</div>
      {children && <div>{children}</div>}
      {actions && <div className="actions">{actions}</div>}
    </div>
  );
}

// What failed, what to do, and the number to quote. A missing right says so instead of pretending a fault.
export function ErrorBox({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation('ui');
  const problem = error instanceof ApiProblem ? error : undefined;
  const title =
    error instanceof NetworkProblem ? t('error.network')
    : problem?.status === 403 ? t('error.forbidden')
    : problem?.title || t('error.unknown');
  return (
    <div className="state error card" role="alert">
      <div className="title">{title}</div>
      {problem?.errors.map((one) => (
        <div key={`${one.field}/${one.rule}`}>
          {one.reason}{one.remedy ? ` · ${one.remedy}` : ''}
        </div>
      ))}
      {problem && problem.status >= 500 && <div>{t('error.safe')}</div>}
      {problem?.incident && (
        <div className="small dimmer">{t('error.incident')} <span className="mono">{problem.incident}</span></div>
      )}
      {retry && <div className="actions"><Button onClick={retry}>{t('retry')}</Button></div>}
    </div>
  );
}

// Nothing for 200 ms, then the shape of what comes.
export function Skeleton({ rows = 6, height = 22 }: { rows?: number; height?: number }) {
  const late = useLater(true);
  if (!late) return <div aria-busy="true" style={{ minHeight: rows * (height + 12) }} />;
  return (
    <div className="stack" aria-busy="true" style={{ padding: 16 }}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton" style={{ height, width: `${96 - ((row * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function BusyBar({ on }: { on: boolean }) {
  return <div className={on ? 'busy-bar on' : 'busy-bar'} aria-hidden="true" />;
}

interface Query<T> { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown }

// One card or page that hangs on one question: its skeleton, its failure, or its answer. Old data stays while new data
// is on the way, and stays with a note when the new question failed.
export function Loaded<T>({ query, rows, children }: { query: Query<T>; rows?: number; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) {
    return (
      <>
        {query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : null}
        {children(query.data)}
      </>
    );
  }
  if (query.error) return <ErrorBox error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton rows={rows} />;
}
