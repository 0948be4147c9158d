import type { ReactNode } from 'react';

interface Props { title?: ReactNode; extra?: ReactNode; flush?: boolean; children: ReactNode; label?: string }

export function Card({ title, extra, flush, children, label }: Props) {
  return (
    <section className="card" aria-label={label ?? (typeof title === 'string' ? title : undefined)}>
      {title !== undefined && (
        <div className="card-head">
          <h2 className="grow">{title}</h2>
          {extra}
        </div>
      )}
      <div className={flush ? 'card-body flush' : 'card-body'}>{children}</div>
    </section>
  );
}
