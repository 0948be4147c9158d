// The mark of a figure that stands on a sample of receipt lines.
import { useTranslation } from 'react-i18next';
import { Tag } from './Tag.tsx';

export function Sampled({ on }: { on: boolean }) {
  const { t } = useTranslation('ui');
  return on ? <Tag tone="warn" title={t('sampled.why')}>{t('sampled.tag')}</Tag> : null;
}
