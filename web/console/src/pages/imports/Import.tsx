// One import from file to result: ① file ② columns ③ check ④ confirm ⑤ result. Nothing is written before ④; ③ reads the
// whole file on the server, and its numbers are those of ⑤.
import { useQuery } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import type { ImportPage } from 'api/contract.ts';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { Job } from 'ui/Job.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Skeleton } from 'ui/states.tsx';
import { flag, oneOf, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { Columns } from './Columns.tsx';
import { Confirm } from './Confirm.tsx';
import { Contradictions, Counts, Totals } from './Counts.tsx';
import { ImportTag } from './ImportTag.tsx';
import { Rejects } from './Rejects.tsx';
import { isWorking, stepOf, steps } from './state.ts';
import { TakeBack } from './TakeBack.tsx';
import { useOfferTakeBack } from './offer.ts';

const schema = { confirm: flag, edit: flag, step: oneOf(['', 'result'], '') };

export default function Import() {
  const { t } = useTranslation('imports');
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: ['import', id],
    queryFn: async ({ signal }) => (await body(api.GET('/api/v1/imports/{id}', { params: { path: { id } }, signal }))) as ImportPage,
    refetchInterval: ({ state }) => (state.data && isWorking(state.data.item.state) ? 1000 : false),
  });
  if (query.error instanceof ApiProblem && query.error.status === 404) {
    return <div className="page narrow"><div className="card"><Empty title={t('missing')} actions={<Link to="/imports">{t('title')}</Link>} /></div></div>;
  }
  if (!query.data) return <div className="page">{query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Skeleton />}</div>;
  return <Wizard page={query.data} />;
}

function Wizard({ page }: { page: ImportPage }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const mayRun = useMay('import.run');
  const [state, change] = useUrlState(schema);
  const { item } = page;
  useOfferTakeBack(item);
  const job = useJob(item.job, isWorking(item.state));
  const failed = job.data?.state === 'failed' || item.state === 'failed';
  const step = state.edit && !isWorking(item.state) && item.state !== 'done' ? 'columns' : stepOf(item.state, state.confirm);
  const at = steps.indexOf(step);
  return (
    <div className="page">
      <PageHeader title={item.name} lead={<span className="row tight"><ImportTag state={item.state} /><CopyId id={item.id} /></span>}
        sub={<span className="small">{t('sniffed', { size: format.bytes(item.bytes), encoding: item.encoding, separator: separatorName(item.separator, t) })}</span>}
        actions={<><Link to="/imports">{t('title')}</Link>{mayRun && <TakeBack item={item} />}</>} />
      <ol className="steps">
        {steps.map((name, index) => (
          <li key={name} aria-current={name === step ? 'step' : undefined} className={index < at ? 'past' : undefined}>
            {t(`step.${name}`, { number: '①②③④⑤'[index] })}
          </li>
        ))}
      </ol>
      <div className="stack">
        {job.data && (isWorking(item.state) || failed) && <Card label={t('progress')}><Job job={job.data} /></Card>}
        {step === 'columns' && <Columns page={page} readOnly={!mayRun} onChecked={() => change({ edit: false, confirm: false })} />}
        {step === 'check' && <Checked page={page} onEdit={() => change({ edit: true })} onConfirm={() => change({ confirm: true }, 'push')} />}
        {step === 'confirm' && <Confirm page={page} onBack={() => change({ confirm: false })} />}
        {step === 'result' && (
          <>
            <Card title={t('step.result', { number: '⑤' })}><Counts counts={item.counts} /></Card>
            <Contradictions page={page} />
            {page.totals.length > 0 && <Card title={t('totals')} flush><Totals totals={page.totals} /></Card>}
            <Rejects page={page} />
          </>
        )}
      </div>
    </div>
  );
}

function useJob(id: string | null | undefined, live: boolean) {
  const allowed = useMay('job.read');
  return useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => body(api.GET('/api/v1/jobs/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: Boolean(id) && allowed,
    refetchInterval: live ? 800 : false,
  });
}

interface CheckedProps { page: ImportPage; onEdit: () => void; onConfirm: () => void }

function Checked({ page, onEdit, onConfirm }: CheckedProps) {
  const { t } = useTranslation('imports');
  const mayRun = useMay('import.run');
  const done = page.item.state === 'checked';
  return (
    <>
      <Card title={t('step.check', { number: '③' })} extra={<span className="small dim">{t('checkNote')}</span>}>
        <Counts counts={page.item.counts} />
        {done && mayRun && (
          <div className="row" style={{ marginTop: 16 }}>
            <Button type="primary" onClick={onConfirm}>{t('toConfirm')}</Button>
            <Button onClick={onEdit}>{t('toColumns')}</Button>
          </div>
        )}
      </Card>
      <Contradictions page={page} />
      <Rejects page={page} />
    </>
  );
}

function separatorName(separator: string, t: ReturnType<typeof useTranslation<'imports'>>['t']): string {
  return separator === '\t' ? t('separator.tab') : separator === ';' ? t('separator.semicolon') : separator === ',' ? t('separator.comma') : separator;
}
