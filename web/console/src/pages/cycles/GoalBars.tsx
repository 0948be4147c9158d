// Goals with how far they have come; the mark stands where time stands.
import { useTranslation } from 'react-i18next';
import { Tag } from 'ui/Tag.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { amountOf, type Cycle } from './ask.ts';

export function GoalBars({ cycle, currency }: { cycle: Cycle; currency: string }) {
  const { t } = useTranslation('cycles');
  const format = useFormat();
  return (
    <ul className="cards">
      {cycle.goals.map((goal) => {
        const share = Math.max(0, Math.min(1, goal.share ?? 0));
        const name = format.pick(goal.name_zh, goal.name_en);
        const came = typeof goal.value === 'number' ? amountOf(format, goal.unit, goal.value, currency) : '–';
        return (
          <li key={goal.metric + goal.variant} style={{ padding: '8px 16px' }}>
            <div className="row tight">
              <span className="grow">{name}</span>
              <span><span className="strong">{came}</span> <span className="dim">/ {goal.direction === 'down' ? '≤ ' : ''}{amountOf(format, goal.unit, goal.target, currency)}</span></span>
              {typeof goal.share === 'number' && <span className="small dim">{format.ratio(goal.share)}</span>}
              {typeof goal.value === 'number' && (goal.reached || cycle.state === 'closed') && <Tag tone={goal.reached ? 'active' : 'warn'}>{t(goal.reached ? 'reached' : 'notYet')}</Tag>}
            </div>
            <div role="progressbar" aria-label={name} aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100} style={{ position: 'relative', height: 6, borderRadius: 3, background: 'var(--line)', marginTop: 6 }}>
              <div style={{ height: 6, borderRadius: 3, width: `${String(share * 100)}%`, background: 'var(--primary)' }} />
              {cycle.state === 'running' && <div title={t('elapsed', { share: format.ratio(cycle.elapsed) })} style={{ position: 'absolute', top: -2, height: 10, width: 2, left: `${String(cycle.elapsed * 100)}%`, background: 'var(--warn)' }} />}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
