import { useEffect, type ReactNode } from 'react';

interface Props { title: string; sub?: ReactNode; actions?: ReactNode; lead?: ReactNode }

export function PageHeader({ title, sub, actions, lead }: Props) {
  useEffect(() => {
    document.title = `${title} · Tilth`;
  }, [title]);
  return (
    <header className="page-header">
      <h1>{title}</h1>
      {lead}
      {sub !== undefined && <span className="sub">{sub}</span>}
      {actions && <div className="actions no-print">{actions}</div>}
    </header>
  );
}
