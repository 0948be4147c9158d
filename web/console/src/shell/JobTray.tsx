// Long work of the last days, wherever it was started: a count while it runs, the list behind a press.
import { CloudSyncOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { isLive } from 'ui/job-state.ts';
import { useMay } from 'ui/viewer.tsx';
import { jobsQuery } from '../queries.ts';
import { Popup } from './Popup.tsx';

const JobPanel = lazy(() => import('./JobPanel.tsx'));

export function JobTray() {
  const { t } = useTranslation();
  const allowed = useMay('job.read');
  const query = useQuery({ ...jobsQuery, enabled: allowed });
  if (!allowed) return null;
  const live = query.data?.items.filter((job) => isLive(job.state)).length ?? 0;
  return (
    <Popup label={t('jobs.open', { count: live })} title={t('jobs.title')}
      icon={<><CloudSyncOutlined aria-hidden />{live > 0 && <span className="count" aria-hidden="true">{live}</span>}</>}>
      {(close) => <Suspense><JobPanel close={close} /></Suspense>}
    </Popup>
  );
}
