// Who a rule is about, now: how many, how many can be reached and why not the rest, and some of them with the reason.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { BusyBar } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import type { AudiencePerson, Preview, Reach, Reason } from './replies.ts';

interface Props { preview: Preview | undefined; busy: boolean; stale: boolean; wrong: boolean }

export function PreviewPanel({ preview, busy, stale, wrong }: Props) {
  const { t } = useTranslation('audience');
  const format = useFormat();
  return (
    <section className="card" aria-label={t('preview.title')}>
      <BusyBar on={busy} />
      <div style={{ padding: 12, opacity: stale && preview ? 0.55 : 1 }}>
        {!preview && <p className="dim">{wrong ? t('preview.wrong') : t('preview.empty')}</p>}
        {preview && (
          <>
            <div className="row">
              <span style={{ fontSize: 26, lineHeight: '36px' }} className="strong num" data-testid="preview-people" data-count={stale ? '' : preview.people} aria-live="polite">
                {t('people', { count: preview.people, shown: format.exact(preview.people) })}
              </span>
              <span className="small dim">
                {t('preview.share', { share: format.ratio(preview.of_people > 0 ? preview.people / preview.of_people : undefined), took: format.exact(preview.took_ms) })}
              </span>
            </div>
            <p className="small dim">{t('preview.known', { known: format.exact(preview.known), anonymous: format.exact(preview.people - preview.known) })}</p>
            <Reachable reachable={preview.reachable} />
            <h3 style={{ margin: '12px 0 4px', fontSize: 14 }}>{t('preview.sample', { count: preview.sample.length })}</h3>
            <ul className="sample">
              {preview.sample.map((person) => <li key={person.id}><Person person={person} /></li>)}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

export function Reachable({ reachable }: { reachable: Reach[] }) {
  const { t } = useTranslation('audience');
  const format = useFormat();
  if (reachable.length === 0) return null;
  return (
    <dl className="facts small" style={{ marginTop: 8 }}>
      {reachable.map((one) => (
        <div key={one.channel} style={{ display: 'contents' }}>
          <dt>{format.pick(one.zh, one.en)}</dt>
          <dd>
            <span className="strong">{format.exact(one.people)}</span>
            {one.why_not.filter((why) => why.people > 0).map((why) => (
              <span key={why.reason} className="dim"> · {t('whyNot', { reason: format.pick(why.zh, why.en), people: format.exact(why.people) })}</span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function Person({ person }: { person: AudiencePerson }) {
  const { t } = useTranslation('customers');
  return (
    <>
      <div className="row tight">
        <Link to={`/customers/${person.id}`} className="strong">{person.name_masked || t('noName')}</Link>
        <span className="small dim">{[person.identities.map((one) => one.masked).filter(Boolean).slice(0, 2).join(' · '), person.home_node_name].filter(Boolean).join(' · ')}</span>
      </div>
      <Reasons reasons={person.reasons} />
    </>
  );
}

export function Reasons({ reasons }: { reasons: Reason[] }) {
  const { t } = useTranslation('audience');
  const format = useFormat();
  if (reasons.length === 0) return null;
  return (
    <ul className="reasons small">
      {reasons.map((one) => (
        <li key={one.en + one.zh} className={one.holds ? undefined : 'dimmer'}>
          <span aria-label={one.holds ? t('holds') : t('holdsNot')} role="img">{one.holds ? '✓' : '✗'}</span> {format.pick(one.zh, one.en)}
        </li>
      ))}
    </ul>
  );
}
