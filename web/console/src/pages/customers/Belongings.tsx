// Which tags and segments this person is in, since when, from whom, and why.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { belongingsQuery } from '../audience/ask.ts';
import { Reasons } from '../audience/PreviewPanel.tsx';
import { CustomerStages } from '../lifecycle/CustomerStages.tsx';
import { StrategyCard } from '../models/StrategyCard.tsx';

export function Belongings({ id }: { id: string }) {
  const { t } = useTranslation('audience');
  const format = useFormat();
  const query = useQuery(belongingsQuery(id));
  return (
    <div className="stack">
    <CustomerStages id={id} />
    <StrategyCard id={id} />
    <section className="card scroll-x" aria-label={t('belongs.title')}>
      <Loaded query={query} rows={4}>
        {({ items }) => items.length === 0 ? <Empty title={t('belongs.none')}>{t('belongs.noneText')}</Empty> : (
          <table className="plain">
            <thead><tr><th>{t('name')}</th><th>{t('belongs.family')}</th><th>{t('since')}</th><th>{t('until')}</th><th>{t('belongs.source')}</th><th>{t('why')}</th></tr></thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <td>{one.family === 'segment' ? <Link to={`/segments/${one.id}`}>{one.name}</Link> : <Link to={`/tags?tag=${one.id}`}>{one.group_name ? `${one.group_name} / ${one.name}` : one.name}</Link>}</td>
                  <td><Tag tone={one.family === 'segment' ? 'progress' : 'active'}>{one.family === 'segment' ? t('kind.segment') : t('kind.tag')}</Tag></td>
                  <td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.since)}</td>
                  <td style={{ whiteSpace: 'nowrap' }}>{one.expires_at ? format.dateTime(one.expires_at) : '–'}</td>
                  <td>{one.source === 'rule' ? t('mode.live') : one.source}</td>
                  <td><Reasons reasons={one.reasons} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </section>
    </div>
  );
}
