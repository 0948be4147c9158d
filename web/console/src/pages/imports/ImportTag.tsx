import type { ImportState } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Tag } from 'ui/Tag.tsx';
import type { Tone } from 'ui/tokens.ts';

const tone: Record<ImportState, Tone> = {
  uploaded: 'neutral', checking: 'progress', checked: 'progress', running: 'progress', done: 'active',
  taking_back: 'warn', taken_back: 'neutral', failed: 'danger',
};

export function ImportTag({ state }: { state: ImportState }) {
  const { t } = useTranslation('imports');
  return <Tag tone={tone[state]}>{t(`state.${state}`)}</Tag>;
}
