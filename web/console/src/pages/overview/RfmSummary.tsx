import type { RfmClassItem } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { Door } from '../../people/Door.tsx';
import { RfmTag } from '../../people/RfmTag.tsx';

export function RfmSummary({ rows, to, node }: { rows: RfmClassItem[]; to: string; node: string }) {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const most = Math.max(...rows.map((row) => row.share), 0.01);
  if (rows.every((row) => row.customers === 0)) return <Empty title={t('rfm.none')}>{t('rfm.noneText')}</Empty>;
  return (
    <>
      <table className="plain">
        <thead><tr><th>{t('rfm.class')}</th><th className="num">{t('rfm.customers')}</th><th className="num">{t('rfm.share')}</th><th aria-hidden="true" style={{ width: '34%' }} /></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.rfm_class}>
              <td><RfmTag name={row.rfm_class} /></td>
              <td className="num"><Door people={{ kind: 'class', class: row.rfm_class, asOf: to, node }}>{format.exact(row.customers)}</Door></td>
              <td className="num">{format.ratio(row.share)}</td>
              <td aria-hidden="true"><div className="bar-track"><div className="bar" style={{ width: `${(row.share / most) * 100}%` }} /></div></td>
            </tr>
          ))}
        </tbody>
      </table>
      <div style={{ padding: '8px 12px' }}><Link to="/rfm">{t('rfm.board')}</Link></div>
    </>
  );
}
