// Codes of stores or of guides in the file: which the organisation knows, and to whom another one is mapped.
import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ImportPage } from 'api/contract.ts';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { staffQuery } from '../org/queries.ts';

export type CodeField = 'node_code' | 'guide_code';

interface Props { page: ImportPage; field: CodeField; readOnly: boolean; changed: Record<string, string> | undefined; onChange: (codes: Record<string, string>) => void }

export function Codes({ page, field, readOnly, changed, onChange }: Props) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const maySee = useMay('org.read');
  const guides = field === 'guide_code';
  const { data: nodes } = useQuery({ ...nodesQuery, enabled: maySee && !guides });
  const { data: staff } = useQuery({ ...staffQuery, enabled: maySee && guides });
  const choices = guides ? (staff?.items ?? []).map((one) => ({ value: one.login, label: `${one.name} ${one.login}` }))
    : (nodes?.items ?? []).map((node) => ({ value: node.code, label: `${node.name} ${node.code}` }));
  const { id } = page.item;
  const query = useQuery({
    queryKey: ['import', id, 'codes', field],
    queryFn: ({ signal }) => body(api.GET('/api/v1/imports/{id}/codes', { params: { path: { id }, query: { field } }, signal })),
  });
  if (!query.data || query.data.items.length === 0) return null;
  const values = changed ?? page.mapping.columns.find((one) => one.field === field)?.values ?? {};
  return (
    <Card title={t(`codes.of.${field}.title`)} flush extra={query.data.unknown > 0 && <span className="small dim">{t(`codes.of.${field}.unknown`, { count: query.data.unknown })}</span>}>
      <div className="scroll-x" style={{ maxHeight: 300, overflowY: 'auto' }}>
        <table className="plain">
          <thead><tr><th>{t('codes.code')}</th><th className="num">{t('rows')}</th><th>{t(`codes.of.${field}.known`)}</th></tr></thead>
          <tbody>
            {query.data.items.map((one) => (
              <tr key={one.code}>
                <td>{one.code}</td><td className="num">{format.exact(one.rows)}</td>
                <td>
                  <Select allowClear showSearch={{ optionFilterProp: 'label' }} aria-label={`${t(`codes.of.${field}.known`)} ${one.code}`} disabled={readOnly} style={{ width: 220 }}
                    value={values[one.code]} placeholder={one.known_as ?? t(`codes.of.${field}.fresh`)}
                    options={choices}
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
