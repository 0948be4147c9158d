// ④ The last look before something is written: what will happen, in numbers, and the way back said beforehand.
import type { ImportPage } from 'api/contract.ts';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { ErrorBox } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { Counts } from './Counts.tsx';
import { useStart } from './start.ts';

export function Confirm({ page, onBack }: { page: ImportPage; onBack: () => void }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const run = useStart(page.item.id, 'run');
  const { counts } = page.item;
  const good = counts.read - counts.invalid;
  return (
    <Card title={t('step.confirm', { number: '④' })}>
      <p style={{ marginBottom: 12 }}>{t('confirmText', { count: good, shown: format.exact(good), bad: format.exact(counts.invalid) })}</p>
      <Counts counts={counts} />
      <p className="dim" style={{ margin: '12px 0' }}>{t('confirmBack')}</p>
      {run.error && <ErrorBox error={run.error} />}
      <div className="row">
        <Button type="primary" loading={run.isPending} disabled={good === 0} onClick={() => run.mutate()}>{t('run', { count: good, shown: format.exact(good) })}</Button>
        <Button onClick={onBack}>{t('back')}</Button>
      </div>
    </Card>
  );
}
