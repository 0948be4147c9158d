// A person's stage in each lifecycle, since when, why, and the way there.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { Reasons } from '../audience/PreviewPanel.tsx';
import { causeName } from '../audience/SetPeople.tsx';
import { customerStagesQuery } from './ask.ts';
import { toneOf } from './tones.ts';

export function CustomerStages({ id }: { id: string }) {
  const { t } = useTranslation('lifecycle');
  const { t: said } = useTranslation('audience');
  const format = useFormat();
  const may = useMay('customer.read');
  const { data } = useQuery({ ...customerStagesQuery(id), enabled: may });
  if (!data || data.items.length === 0) return null;
  return (
    <>
      {data.items.map((one) => (
        <Card key={one.lifecycle} title={one.name} extra={(
          <span className="row tight" data-testid="stage">
            {one.stage_name ? <Tag tone={toneOf[one.kind]}>{one.stage_name}</Tag> : <span className="dim">{t('card.none')}</span>}
            {one.since && <span className="small dim">{t('card.since', { time: format.dateTime(one.since) })}</span>}
          </span>
        )}>
          <Reasons reasons={one.reasons} />
          {one.moves.length > 0 && (
            <ol className="moves" aria-label={t('card.moves')}>
              {one.moves.map((move, index) => (
                <li key={index}>
                  <span className="small dim">{format.dateTime(move.at)}</span> {move.from ?? t('card.start')} → <span className="strong">{move.to ?? t('card.none')}</span>{' '}
                  <Tag>{causeName(move.cause, said)}</Tag>
                  <span className="small dim"> {format.pick(move.because_zh.join(' · '), move.because_en.join(' · '))}</span>
                </li>
              ))}
            </ol>
          )}
        </Card>
      ))}
    </>
  );
}
