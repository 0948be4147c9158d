// Long work of the last days, wherever it was started: progress while it runs, result when it is done.
import { CloudSyncOutlined } from '@ant-design/icons';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isLive, Job } from 'ui/Job.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { useMay } from 'ui/viewer.tsx';

const often = 1000;
const seldom = 20_000;

export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/jobs', { signal })),
  // Frequent only while something moves.
  refetchInterval: (query) => (query.state.data?.items.some((job) => isLive(job.state)) ? often : seldom),
});

export function JobTray() {
  const { t } = useTranslation();
  const allowed = useMay('job.read');
  const mayCancel = useMay('job.cancel');
  const client = useQueryClient();
  const query = useQuery({ ...jobsQuery, enabled: allowed });
  const [open, setOpen] = useState(false);
  if (!allowed) return null;
  const live = query.data?.items.filter((job) => isLive(job.state)).length ?? 0;
  const cancel = (id: string) => {
    void body(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })).finally(() => client.invalidateQueries({ queryKey: ['jobs'] }));
  };
  const content = (
    <div style={{ width: 'min(360px, 86vw)', maxHeight: '60vh', overflowY: 'auto' }} className="stack">
      <Loaded query={query} rows={3}>
        {(data) =>
          data.items.length === 0 ? <Empty title={t('jobs.empty')}>{t('jobs.emptyText')}</Empty>
            : data.items.slice(0, 12).map((job) => (
              <Job key={job.id} job={job} compact onCancel={mayCancel ? () => cancel(job.id) : undefined} />
            ))
        }
      </Loaded>
      <Link to="/system?tab=jobs" onClick={() => setOpen(false)}>{t('jobs.all')}</Link>
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" title={t('jobs.title')} content={content} open={open} onOpenChange={setOpen}>
      <button type="button" className="icon-button" aria-label={t('jobs.open', { count: live })} title={t('jobs.title')}>
        <CloudSyncOutlined />
        {live > 0 && <span className="count" aria-hidden="true">{live}</span>}
      </button>
    </Popover>
  );
}
