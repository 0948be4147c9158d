import type { CountsItem, TotalItem } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { useFormat } from 'ui/viewer.tsx';

const parts = ['fresh', 'updated', 'unchanged', 'invalid'] as const;

// Rows read = new + updated + unchanged + invalid, always.
export function Counts({ counts }: { counts: CountsItem }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const bad = counts.read > 0 ? counts.invalid / counts.read : 0;
  return (
    <div className="counts">
      <div><div className="dim">{t('rowsReadTitle')}</div><div className="n">{format.exact(counts.read)}</div></div>
      {parts.map((part) => (
        <div key={part}>
          <div className="dim">{t(`counts.${part}`)}</div>
          <div className="n" style={part === 'invalid' && counts.invalid > 0 ? { color: 'var(--error)' } : undefined}>{format.exact(counts[part])}</div>
          {part === 'invalid' && counts.invalid > 0 && <div className="small dim">{format.ratio(bad, 2)}</div>}
        </div>
      ))}
    </div>
  );
}

// What the file brought, to be held against the till's own figures.
export function Totals({ totals }: { totals: TotalItem[] }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('total.name')}</th><th className="num">{t('total.value')}</th><th className="num">{t('total.exact')}</th></tr></thead>
        <tbody>
          {totals.map((one) => (
            <tr key={one.name}>
              <td>{format.pick(one.zh, one.en)}</td>
              <td className="num strong">{one.unit === 'money' ? format.money(one.value) : format.exact(one.value)}</td>
              <td className="num dim">{one.exact || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
