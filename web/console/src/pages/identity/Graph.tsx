// Why these are one person: customers on the left, the identities they rest on to the right, and between two customers
// the link with its time, rule, source and the identities that were seen together.
import type { CustomerView, LinkView } from 'api/contract.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shortId } from 'ui/CopyId.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { useSourceName } from '../customers/source.ts';

const row = 34;
const columns = { customer: 12, identity: 330, width: 560 };

export function Graph({ customer, links }: { customer: CustomerView; links: LinkView[] }) {
  const { t } = useTranslation('identity');
  const { t: word } = useTranslation('customers');
  const format = useFormat();
  const sourceName = useSourceName();
  const [chosen, setChosen] = useState<number>();
  const standing = links.filter((link) => !link.undone);
  const { customers, identities } = customer;
  if (customers.length > 30 || identities.length > 60) return null;
  const ordered = customers.flatMap((one) => identities.filter((identity) => identity.customer === one.id));
  const identityY = (number: number): number => ordered.findIndex((one) => one.number === number) * row + row / 2;
  const customerY = (id: string): number => {
    const own = ordered.filter((one) => one.customer === id).map((one) => identityY(one.number));
    const at = customers.findIndex((one) => one.id === id);
    return own.length > 0 ? own.reduce((sum, y) => sum + y, 0) / own.length : at * row + row / 2;
  };
  const height = Math.max(ordered.length, customers.length) * row + 8;
  const link = standing.find((one) => one.number === chosen);
  return (
    <figure style={{ margin: 0, padding: 16 }}>
      <figcaption className="strong" style={{ marginBottom: 8 }}>{t('graph.title')}</figcaption>
      <svg viewBox={`0 0 ${columns.width} ${height}`} style={{ width: '100%', maxWidth: 760, display: 'block' }} role="img"
        aria-label={t('graph.label', { customers: customers.length, identities: identities.length })}>
        {ordered.map((one) => (
          <g key={one.number}>
            <line x1={columns.customer + 150} y1={customerY(one.customer)} x2={columns.identity} y2={identityY(one.number)} stroke="var(--tertiary)" />
            <circle cx={columns.identity} cy={identityY(one.number)} r={link?.evidence.includes(one.number) ? 6 : 4}
              fill={link?.evidence.includes(one.number) ? 'var(--primary)' : 'var(--tertiary)'} />
            <text x={columns.identity + 12} y={identityY(one.number) + 4} fontSize={12} fill="var(--text)">
              {word(`kind.${one.kind}`)} {one.masked}
            </text>
          </g>
        ))}
        {standing.map((one) => {
          const [from, to] = [customerY(one.a), customerY(one.b)];
          const bend = columns.customer + 150 + Math.min(70, Math.abs(to - from) / 2 + 16);
          return (
            <path key={one.number} d={`M ${columns.customer + 150} ${from} C ${bend} ${from}, ${bend} ${to}, ${columns.customer + 150} ${to}`}
              fill="none" stroke="var(--primary)" strokeWidth={chosen === one.number ? 3 : 1.5} strokeDasharray={one.rule === 'manual' ? '5 4' : undefined} />
          );
        })}
        {customers.map((one) => (
          <g key={one.id}>
            <rect x={columns.customer} y={customerY(one.id) - 12} width={150} height={24} rx={6} fill="var(--card)" stroke="var(--tertiary)" />
            <text x={columns.customer + 10} y={customerY(one.id) + 4} fontSize={12} fill="var(--text)">{shortId(one.id)}</text>
          </g>
        ))}
      </svg>
      <ol style={{ listStyle: 'none', padding: 0, margin: '8px 0 0' }}>
        {standing.map((one) => (
          <li key={one.number}>
            <button type="button" className="bare small" aria-pressed={chosen === one.number} onClick={() => setChosen(chosen === one.number ? undefined : one.number)}>
              {t('graph.why', {
                time: format.dateTime(one.at), a: shortId(one.a), b: shortId(one.b), source: sourceName(one.source),
                keys: one.evidence.map((number) => identities.find((identity) => identity.number === number))
                  .flatMap((identity) => identity ? [`${word(`kind.${identity.kind}`)} ${identity.masked}`.trim()] : []).join(' + ') || one.reason || '–',
              })}
            </button>
          </li>
        ))}
      </ol>
    </figure>
  );
}
