import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useViewer } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';

export function NodeSelect({ value, onChange }: { value: string; onChange: (node: string) => void }) {
  const { t } = useTranslation('overview');
  const { permissions } = useViewer();
  const { data } = useQuery({ ...nodesQuery, enabled: permissions.has('org.read') });
  const options = useMemo(() => (data?.items ?? []).map((node) => ({ value: node.id, label: node.name })), [data]);
  if (options.length === 0) return null;
  return (
    <Select className="grows" aria-label={t('node')} placeholder={t('node')} allowClear showSearch={{ optionFilterProp: 'label' }} options={options}
      value={value || undefined} onChange={(node?: string) => onChange(node ?? '')} style={{ width: 168 }} />
  );
}
