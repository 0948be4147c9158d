import type { RfmName } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Tag } from 'ui/Tag.tsx';
import type { Tone } from 'ui/tokens.ts';
import { isRfm } from './rfm.ts';

const tone: Record<RfmName, Tone> = {
  important_value: 'active', important_growth: 'progress', important_keep: 'warn', important_retain: 'danger',
  general_value: 'active', general_growth: 'progress', general_keep: 'neutral', general_retain: 'neutral',
};

export function RfmTag({ name }: { name?: string | null }) {
  const { t } = useTranslation('customers');
  if (!name) return <span className="dimmer">–</span>;
  return isRfm(name) ? <Tag tone={tone[name]}>{t(`rfm.${name}`)}</Tag> : <Tag>{name}</Tag>;
}
