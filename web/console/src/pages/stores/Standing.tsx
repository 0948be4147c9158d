// How a store stands today: when its till was last heard of, what of its last days is missing or differs, and which
// posts nobody holds. Each part shows to whom may see it.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Tag } from 'ui/Tag.tsx';
import { ago } from 'ui/time.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { freshnessQuery } from '../../queries.ts';
import { vacanciesQuery } from '../org/queries.ts';

export function Standing({ node }: { node: string }) {
  const { t } = useTranslation('stores');
  const format = useFormat();
  const { now } = useViewer();
  const maySources = useMay('source.read');
  const mayOrg = useMay('org.read');
  const freshness = useQuery({ ...freshnessQuery, enabled: maySources });
  const vacancies = useQuery({ ...vacanciesQuery, enabled: mayOrg });
  const till = freshness.data?.items.find((one) => one.node === node);
  const vacant = vacancies.data?.items.filter((one) => one.node === node);
  if (!till && !vacant) return null;
  const since = till?.last ? ago(till.last, now()) : undefined;
  return (
    <section className="card" aria-label={t('standing.title')}>
      <div className="card-body row" style={{ gap: 16, flexWrap: 'wrap' }}>
        {till?.last && since && (
          <span>{t('standing.till')} <Tag tone={till.alarm ? 'danger' : 'active'} title={format.dateTime(till.last)}>{t(`standing.ago.${since.unit}`, { count: since.count })}</Tag></span>
        )}
        {till && (
          <span>
            {t('standing.complete', { complete: till.days_complete ?? 0, expected: till.days_expected ?? 0 })}
            {till.contradictory > 0 && <> <Tag tone="warn">{t('standing.differ', { count: till.contradictory })}</Tag></>}
          </span>
        )}
        {vacant && (
          <span>
            {t('standing.vacant')}{' '}
            {vacant.length === 0 ? <span className="dim">{t('standing.none')}</span>
              : vacant.map((one) => <Link key={one.role} to="/organisation?tab=posts"><Tag tone="warn">{format.pick(one.role_name_zh, one.role_name_en)}</Tag></Link>)}
          </span>
        )}
      </div>
    </section>
  );
}
