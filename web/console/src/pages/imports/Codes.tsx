// Store codes of the file: which the organisation knows, and to which store another one is mapped.
import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ImportPage } from 'api/contract.ts';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';

interface Props { page: ImportPage; readOnly: boolean; changed: Record<string, string> | undefined; onChange: (codes: Record<string, string>) => void }

export function Codes({ page, readOnly, changed, onChange }: Props) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const maySee = useMay('org.read');
  const { data: nodes } = useQuery({ ...nodesQuery, enabled: maySee });
  const { id } = page.item;
  const query = useQuery({
    queryKey: ['import', id, 'codes'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/imports/{id}/codes', { params: { path: { id } }, signal })),
  });
  if (!query.data || query.data.items.length === 0) return null;
  const values = changed ?? page.mapping.columns.find((one) => one.field === 'node_code')?.values ?? {};
  return (
    <Card title={t('codes.title')} flush extra={query.data.unknown > 0 && <span className="small dim">{t('codes.unknown', { count: query.data.unknown })}</span>}>
      <div className="scroll-x" style={{ maxHeight: 300, overflowY: 'auto' }}>
        <table className="plain">
          <thead><tr><th>{t('codes.code')}</th><th className="num">{t('rows')}</th><th>{t('codes.known')}</th></tr></thead>
          <tbody>
            {query.data.items.map((one) => (
              <tr key={one.code}>
                <td>{one.code}</td><td className="num">{format.exact(one.rows)}</td>
                <td>
                  <Select allowClear showSearch={{ optionFilterProp: 'label' }} aria-label={`${t('codes.known')} ${one.code}`} disabled={readOnly} style={{ width: 220 }}
                    value={values[one.code]} placeholder={one.known_as ?? t('codes.fresh')}
                    options={(nodes?.items ?? []).map((node) => ({ value: node.code, label: `${node.name} ${node.code}` }))}
                    onChange={(code?: string) => onChange(Object.fromEntries(Object.entries({ ...values, [one.code]: code ?? '' }).filter(([, to]) => to)))} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
