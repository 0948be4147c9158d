// Running it: health and positions, jobs, what is parked.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ParkedList, SystemState } from 'api/contract.ts';
import { Button, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { Job } from 'ui/Job.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { jobsQuery } from '../../queries.ts';
import { Keys } from './Keys.tsx';

const schema = { tab: oneOf(['state', 'jobs', 'parked'], 'state') };

export default function System() {
  const { t } = useTranslation('system');
  const [{ tab }, change] = useUrlState(schema);
  const state = useQuery({ queryKey: ['system'], queryFn: ({ signal }) => body(api.GET('/api/v1/system', { signal })), refetchInterval: 5000 });
  const parked = useQuery({ queryKey: ['system', 'parked'], queryFn: ({ signal }) => body(api.GET('/api/v1/system/parked', { signal })), refetchInterval: 15_000 });
  const count = parked.data ? parked.data.events.length + parked.data.batches.length : 0;
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={state.data && <span className="mono">{state.data.version}</span>} />
      <Tabs size="small" activeKey={tab} onChange={(key) => change({ tab: key as typeof tab })} items={[
        { key: 'state', label: t('tab.state'), children: <Loaded query={state} rows={8}>{(data) => <State state={data} />}</Loaded> },
        { key: 'jobs', label: t('tab.jobs'), children: <Jobs /> },
        { key: 'parked', label: t('tab.parked', { count }), children: <Loaded query={parked} rows={4}>{(data) => <Parked list={data} />}</Loaded> },
      ]} />
    </div>
  );
}

function State({ state }: { state: SystemState }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const behind = state.batches_acknowledged - state.batches_applied;
  return (
    <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))' }}>
      <Card title={t('card.program')}>
        <dl className="facts">
          <dt>{t('version')}</dt><dd className="mono">{state.version}</dd>
          <dt>{t('engine')}</dt><dd>{state.record_engine}</dd>
          <dt>{t('clock')}</dt><dd>{format.dateTimeSeconds(state.now)}</dd>
          <dt>{t('memory')}</dt><dd>{format.bytes(state.memory_bytes)}</dd>
        </dl>
      </Card>
      <Card title={t('card.pipeline')} extra={<Tag tone={behind > 0 ? 'progress' : 'active'}>{behind > 0 ? t('behind', { count: behind }) : t('caughtUp')}</Tag>}>
        <dl className="facts">
          <dt>{t('acknowledged')}</dt><dd>{format.exact(state.batches_acknowledged)}</dd>
          <dt>{t('applied')}</dt><dd>{format.exact(state.batches_applied)}</dd>
          <dt>{t('events')}</dt><dd>{format.exact(state.events_logged)}</dd>
          <dt>{t('duplicates')}</dt><dd>{format.exact(state.duplicates)}</dd>
          <dt>{t('refused')}</dt><dd>{format.exact(state.refused)}</dd>
        </dl>
      </Card>
      <Card title={t('card.people')}>
        <dl className="facts">
          <dt>{t('known')}</dt><dd>{format.exact(state.people_known)}</dd>
          <dt>{t('anonymous')}</dt><dd>{format.exact(state.people_anonymous)}</dd>
        </dl>
      </Card>
      <Card title={t('card.projection')}>
        <dl className="facts">
          <dt>{t('asOf')}</dt><dd>{format.dateTimeSeconds(state.projection_as_of)}</dd>
          <dt>{t('hash')}</dt><dd className="mono">{state.projection_hash.slice(0, 32) || '–'}</dd>
        </dl>
      </Card>
      <Backups />
      <Keys />
    </div>
  );
}

function Backups() {
  const { t } = useTranslation('system');
  const format = useFormat();
  const mayWrite = useMay('system.write');
  const client = useQueryClient();
  const query = useQuery({ queryKey: ['system', 'backups'], queryFn: ({ signal }) => body(api.GET('/api/v1/system/backups', { signal })), refetchInterval: 30_000 });
  const make = useMutation({
    mutationFn: () => body(api.POST('/api/v1/system/backups', {})),
    onSettled: () => client.invalidateQueries({ queryKey: ['system', 'backups'] }),
  });
  const state = query.data;
  const tone = !state?.enabled ? 'off' : state.overdue ? 'overdue' : 'fresh';
  return (
    <Card title={t('card.backups')} extra={state && <Tag tone={tone === 'fresh' ? 'active' : 'warn'}>{t(`backups.${tone}`)}</Tag>}>
      <Loaded query={query} rows={4}>
        {(data) => (
          <>
            <dl className="facts">
              <dt>{t('backups.last')}</dt><dd>{data.last ? format.dateTimeSeconds(data.last.at) : '–'}</dd>
              <dt>{t('backups.size')}</dt><dd>{data.last ? format.bytes(data.last.bytes) : '–'}</dd>
              <dt>{t('backups.verified')}</dt><dd>{data.last ? t('backups.whole') : '–'}</dd>
              <dt>{t('backups.rhythm')}</dt><dd>{data.enabled ? t('backups.every', { hours: data.every_hours, kept: data.kept }) : t('backups.none')}</dd>
            </dl>
            {data.error && <div className="small dim">{data.error}</div>}
            {make.error && <ErrorBox error={make.error} />}
            {mayWrite && data.enabled && <Button size="small" style={{ marginTop: 12 }} loading={make.isPending || data.running} onClick={() => make.mutate()}>{t('backups.now')}</Button>}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Jobs() {
  const { t } = useTranslation('system');
  const client = useQueryClient();
  const mayCancel = useMay('job.cancel');
  const query = useQuery(jobsQuery);
  const cancel = useMutation({
    mutationFn: (id: string) => body(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
  return (
    <section className="card">
      {cancel.error && <ErrorBox error={cancel.error} />}
      <Loaded query={query} rows={5}>
        {({ items }) => items.length === 0 ? <Empty title={t('jobs.none')}>{t('jobs.noneText')}</Empty> : (
          <ul className="cards">
            {items.map((job) => (
              <li key={job.id} style={{ padding: 12 }}>
                <Job job={job} onCancel={mayCancel ? () => cancel.mutate(job.id) : undefined} />
                <div className="row small dimmer"><span className="mono">{job.kind}</span><CopyId id={job.id} />{job.started_by}</div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Parked({ list }: { list: ParkedList }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const mayWrite = useMay('system.write');
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: ({ id, batch }: { id: number; batch: boolean }) =>
      batch ? body(api.POST('/api/v1/system/parked-batches/{id}/retry', { params: { path: { id } } }))
        : body(api.POST('/api/v1/system/parked-events/{id}/retry', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['system'] }),
  });
  if (list.events.length + list.batches.length === 0) return <div className="card"><Empty title={t('parked.none')}>{t('parked.noneText')}</Empty></div>;
  const again = (id: number, batch: boolean) => mayWrite && (
    <Button size="small" loading={retry.isPending && retry.variables.id === id && retry.variables.batch === batch} onClick={() => retry.mutate({ id, batch })}>{t('parked.retry')}</Button>
  );
  return (
    <div className="stack">
      {retry.error && <ErrorBox error={retry.error} />}
      {list.batches.length > 0 && (
        <Card title={t('parked.batches')} flush>
          <div className="scroll-x"><table className="plain">
            <thead><tr><th className="num">{t('parked.sequence')}</th><th>{t('parked.source')}</th><th>{t('parked.reason')}</th><th>{t('parked.at')}</th><ActionsHead /></tr></thead>
            <tbody>{list.batches.map((one) => (
              <tr key={one.sequence}><td className="num">{format.exact(one.sequence)}</td><td><CopyId id={one.source} /></td><td>{one.reason}</td><td>{format.dateTimeSeconds(one.parked_at)}</td><td>{again(one.sequence, true)}</td></tr>
            ))}</tbody>
          </table></div>
        </Card>
      )}
      {list.events.length > 0 && (
        <Card title={t('parked.events')} flush>
          <div className="scroll-x"><table className="plain">
            <thead><tr><th>{t('parked.handler')}</th><th>{t('parked.type')}</th><th>{t('parked.key')}</th><th>{t('parked.reason')}</th><th className="num">{t('parked.attempts')}</th><th>{t('parked.at')}</th><ActionsHead /></tr></thead>
            <tbody>{list.events.map((one) => (
              <tr key={one.id}><td className="mono">{one.handler}</td><td className="mono">{one.type}</td><td className="mono">{one.key}</td><td>{one.error}</td><td className="num">{one.attempts}</td><td>{format.dateTimeSeconds(one.parked_at)}</td><td>{again(one.id, false)}</td></tr>
            ))}</tbody>
          </table></div>
        </Card>
      )}
    </div>
  );
}
