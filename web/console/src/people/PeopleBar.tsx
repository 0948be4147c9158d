// The bar at the end of a list of people: what may be done with the chosen ones, or with all that match. All that match
// are a question, not a list of ids.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ExportButton } from 'ui/ExportButton.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { AudienceActions } from './AudienceActions.tsx';
import { exportAddress } from './people.ts';

interface Props {
  chosen: string[];
  everybody: boolean;
  total: number;
  filters: Record<string, string | boolean | undefined>;
  onEverybody: () => void;
  onClear: () => void;
}

export default function PeopleBar({ chosen, everybody, total, filters, onEverybody, onClear }: Props) {
  const { t } = useTranslation('ui');
  const { t: word } = useTranslation('customers');
  const format = useFormat();
  const mayExport = useMay('customer.export');
  if (chosen.length === 0) return null;
  const shown = format.exact(total);
  return (
    <div className="people-bar no-print" role="region" aria-label={t('choose.bar')}>
      <span className="strong" aria-live="polite">
        {everybody ? t('choose.everybody', { count: total, shown }) : t('choose.count', { count: chosen.length, shown: format.exact(chosen.length) })}
      </span>
      {!everybody && total > chosen.length && <Button type="link" size="small" onClick={onEverybody}>{t('choose.all', { count: total, shown })}</Button>}
      <Button type="link" size="small" onClick={onClear}>{t('choose.clear')}</Button>
      <span className="row tight" style={{ marginLeft: 'auto' }}>
        {!everybody && <AudienceActions customers={chosen} onDone={onClear} />}
        {mayExport && (
          <ExportButton size="small" name="customers.csv" href={exportAddress(everybody ? filters : { ids: chosen.join(',') })}>{word('export')}</ExportButton>
        )}
      </span>
    </div>
  );
}
