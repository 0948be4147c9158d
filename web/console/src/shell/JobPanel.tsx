import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Job } from 'ui/Job.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { useMay } from 'ui/viewer.tsx';
import { jobsQuery } from '../queries.ts';

const shown = 12;

export default function JobPanel({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const mayCancel = useMay('job.cancel');
  const client = useQueryClient();
  const query = useQuery(jobsQuery);
  const cancel = (id: string) => {
    void body(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })).finally(() => client.invalidateQueries({ queryKey: ['jobs'] }));
  };
  return (
    <div style={{ width: 'min(360px, 86vw)', maxHeight: '60vh', overflowY: 'auto' }} className="stack">
      <div className="strong">{t('jobs.title')}</div>
      <Loaded query={query} rows={3}>
        {(data) =>
          data.items.length === 0 ? <Empty title={t('jobs.empty')}>{t('jobs.emptyText')}</Empty>
            : data.items.slice(0, shown).map((job) => (
              <Job key={job.id} job={job} compact onCancel={mayCancel ? () => cancel(job.id) : undefined} />
            ))
        }
      </Loaded>
      <Link to="/system?tab=jobs" onClick={close}>{t('jobs.all')}</Link>
    </div>
  );
}
