import type { CountsItem, ImportPage, TotalItem } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { useFormat } from 'ui/viewer.tsx';

const contradicted = ['paid_at', 'node_code', 'sku', 'quantity', 'price', 'referrer', 'phone', 'email', 'card', 'custom_id'] as const;
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
      {counts.contradictory > 0 && (
        <div title={t('contradictoryNote')}>
          <div className="dim">{t('contradictory')}</div>
          <div className="n" style={{ color: 'var(--warn)' }}>{format.exact(counts.contradictory)}</div>
        </div>
      )}
    </div>
  );
}

// Rows that were taken although they say otherwise than what stands; the first of them.
export function Contradictions({ page }: { page: ImportPage }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const all = page.item.counts.contradictory;
  if (all === 0) return null;
  const field = (name: string) => {
    const found = contradicted.find((one) => one === name);
    return found ? t(`contradicted.${found}`) : name;
  };
  return (
    <Card title={t('contradictions', { count: all, shown: format.exact(all) })} flush>
      <p className="small dim" style={{ padding: '8px 16px', margin: 0 }}>{t('contradictoryNote')}</p>
      <table className="plain">
        <thead><tr><th className="num">{t('line')}</th><th>{t('order')}</th><th>{t('contradicted.title')}</th></tr></thead>
        <tbody>
          {page.contradictions.map((one) => (
            <tr key={one.line}>
              <td className="num">{format.exact(one.line)}</td>
              <td>{one.subject ? <Link to={`/orders?number=${encodeURIComponent(one.subject)}`}>{one.subject}</Link> : '–'}</td>
              <td>{field(one.field)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {all > page.contradictions.length && <p className="small dim" style={{ padding: '8px 16px', margin: 0 }}>{t('contradictionsFirst', { shown: format.exact(page.contradictions.length) })}</p>}
    </Card>
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
