// Why somebody and a product belong together, as one sentence in figures.
import type { components } from 'api/schema.d.ts';
import { useTranslation } from 'react-i18next';
import { useFormat } from 'ui/viewer.tsx';

export type MatchReason = components['schemas']['performance.MatchReason'];

export function Why({ reason }: { reason: MatchReason }) {
  const { t } = useTranslation('matches');
  const format = useFormat();
  const when = { last: reason.last, since: format.exact(reason.since_days) };
  if (reason.kind === 'companion') {
    return (
      <span style={{ whiteSpace: 'normal' }}>
        {t('companion', {
          ...when, with: reason.with_name || reason.with || '–', people: format.exact(reason.with_people ?? 0),
          followed: format.exact(reason.with_followed ?? 0), lift: format.decimal(reason.lift ?? 0, 1),
        })}
      </span>
    );
  }
  const times = reason.times ?? 1;
  return <span style={{ whiteSpace: 'normal' }}>{times > 1 ? t('rhythm', { ...when, times: format.exact(times), every: format.exact(reason.every_days ?? 0) }) : t('once', when)}</span>;
}

// Of 1: a bar beside its figure, long for the best of the list.
export function Chance({ chance, most }: { chance: number; most: number }) {
  const format = useFormat();
  return (
    <span className="row tight" style={{ flexWrap: 'nowrap' }}>
      <span style={{ minWidth: 48, textAlign: 'right' }}>{format.ratio(chance, 1)}</span>
      <span aria-hidden style={{ width: 64, height: 6, borderRadius: 3, background: 'var(--line)' }}>
        <span style={{ display: 'block', height: 6, borderRadius: 3, background: 'var(--primary)', width: `${String(Math.round(100 * Math.min(1, chance / Math.max(most, 1e-9))))}%` }} />
      </span>
    </span>
  );
}
