import type { RegionRow } from 'api/contract.ts';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Change } from 'ui/MetricCard.tsx';
import { Empty } from 'ui/states.tsx';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { Door } from '../../people/Door.tsx';

const first = 10;

export function Regions({ rows, from, to }: { rows: RegionRow[]; from: string; to: string }) {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const { phone } = useViewer();
  const [all, setAll] = useState(false);
  if (rows.length === 0) return <Empty title={t('regions.none')}>{t('regions.noneText')}</Empty>;
  const most = Math.max(...rows.map((row) => row.net_sales), 1);
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th>{t('regions.name')}</th>
            <th className="num">{t('regions.sales')}</th>
            {!phone && <th aria-hidden="true" style={{ width: '22%' }} />}
            {!phone && <th className="num">{t('regions.change')}</th>}
            {!phone && <th className="num">{t('regions.orders')}</th>}
            <th className="num">{t('regions.customers')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, all ? rows.length : first).map((row) => (
            <tr key={row.node_id ?? row.name}>
              <td>{row.name || t('regions.unknown')}</td>
              <td className="num" title={format.money(row.net_sales)}>{format.moneyShort(row.net_sales)}</td>
              {!phone && (
                <td aria-hidden="true"><div className="bar-track"><div className="bar" style={{ width: `${Math.max(0, (row.net_sales / most) * 100)}%` }} /></div></td>
              )}
              {!phone && <td className="num small"><Change metric={{ unit: 'money', value: row.net_sales, previous: row.previous_net_sales }} /></td>}
              {!phone && <td className="num">{format.exact(row.orders)}</td>}
              <td className="num">
                {row.node_id ? (
                  <Door people={{ kind: 'metric', id: 'customers', variant: '', part: 'numerator', from, to, node: row.node_id }}>
                    {format.exact(row.customers)}
                  </Door>
                ) : format.exact(row.customers)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > first && (
        <div style={{ padding: 8, textAlign: 'center' }}>
          <Button type="link" onClick={() => setAll(!all)}>{all ? t('regions.fewer') : t('regions.all', { count: rows.length })}</Button>
        </div>
      )}
    </div>
  );
}
