// Long work as an object: phase, done of total, rate, time left after 5 %, outcome.
import type { JobItem, JobState } from 'api/contract.ts';
import { Button, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { isLive } from './job-state.ts';
import { Tag } from './Tag.tsx';
import type { Tone } from './tokens.ts';
import { useFormat, useViewer } from './viewer.tsx';

const toneOf: Record<JobState, Tone> = {
  queued: 'neutral', running: 'progress', done: 'active', partial: 'warn', failed: 'danger',
  cancelling: 'warn', cancelled: 'neutral',
};

export function JobTag({ state }: { state: JobState }) {
  const { t } = useTranslation('ui');
  return <Tag tone={toneOf[state]}>{t(`job.${state}`)}</Tag>;
}

// Seconds left by the rate so far; undefined before 5 % is done.
export function secondsLeft(job: Pick<JobItem, 'done' | 'total' | 'created_at'>, now: Date): number | undefined {
  if (job.total <= 0 || job.done / job.total < 0.05) return undefined;
  const spent = (now.getTime() - new Date(job.created_at).getTime()) / 1000;
  return Math.max(0, Math.round((spent / job.done) * (job.total - job.done)));
}

export function Job({ job, onCancel, compact }: { job: JobItem; onCancel?: () => void; compact?: boolean }) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const { now } = useViewer();
  const live = isLive(job.state);
  const percent = job.total > 0 ? Math.min(100, (job.done / job.total) * 100) : job.state === 'done' ? 100 : 0;
  const left = job.state === 'running' ? secondsLeft(job, now()) : undefined;
  return (
    <div role="group" aria-label={job.title}>
      <div className="row">
        <span className={compact ? 'grow one-line' : 'strong grow'} title={job.title}>{job.title}</span>
        <JobTag state={job.state} />
        {live && onCancel && job.state !== 'cancelling' && (
          <Button size="small" onClick={onCancel}>{t('job.cancel')}</Button>
        )}
      </div>
      {live && (
        <Progress percent={Number(percent.toFixed(1))} size="small" status="active" strokeColor="var(--primary)"
          aria-label={job.title} format={(value) => `${value ?? 0}%`} />
      )}
      <div className="small dim">
        {/* Where it stands is told while it moves; afterwards its outcome says all. */}
        {live && job.phase ? `${job.phase} · ` : ''}
        {job.total > 0 && t('job.done_of', { done: format.exact(job.done), total: format.exact(job.total) })}
        {left !== undefined && ` · ${left >= 90 ? t('job.minutesLeft', { count: Math.ceil(left / 60) }) : t('job.secondsLeft', { count: left })}`}
        {!live && `${job.total > 0 ? ' · ' : ''}${format.dateTime(job.updated_at)}`}
      </div>
      {job.error && <div className="small" style={{ color: 'var(--error)' }}>{job.error}</div>}
    </div>
  );
}
