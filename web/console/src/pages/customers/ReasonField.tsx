import { Input } from 'antd';
import { useTranslation } from 'react-i18next';

// The server takes 2 to 200 characters.
export const reasonFits = (reason: string): boolean => reason.trim().length >= 2 && reason.trim().length <= 200;

export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation('customers');
  return (
    <label>
      <span className="dim">{t('reason.label')}</span>
      <Input.TextArea value={value} maxLength={200} showCount autoSize={{ minRows: 2 }} placeholder={t('reason.placeholder')}
        onChange={(event) => onChange(event.target.value)} style={{ marginTop: 4, marginBottom: 16 }} />
    </label>
  );
}
