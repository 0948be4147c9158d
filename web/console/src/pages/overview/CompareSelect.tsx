import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { comparisons, type Comparison } from './keys.ts';

export function CompareSelect({ value, onChange }: { value: Comparison; onChange: (value: Comparison) => void }) {
  const { t } = useTranslation('overview');
  return (
    <Select className="grows" aria-label={t('compare.label')} value={value} onChange={onChange} style={{ width: 152 }}
      options={comparisons.map((one) => ({ value: one, label: t(`compare.${one}`) }))} />
  );
}
