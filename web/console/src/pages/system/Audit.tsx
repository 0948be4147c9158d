import { useMutation } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ExportButton } from 'ui/ExportButton.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { QueryForm, type QueryField } from 'ui/QueryForm.tsx';
import { ErrorBox } from 'ui/states.tsx';
import { addDays, startOfDay } from 'ui/time.ts';
import { day, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { actions, AuditTable, useActionName } from './AuditTable.tsx';
import { BulkReads } from './BulkReads.tsx';

const schema = { actor: text('', 80), action: text('', 60), text: text('', 80), object: text('', 80), from: day(), to: day(), after: text('', 1000) };

export default function Audit() {
  const { t } = useTranslation('system');
  const format = useFormat();
  const { zone } = useViewer();
  const actionName = useActionName();
  const [state, change] = useUrlState(schema);
  const verify = useMutation({ mutationFn: () => body(api.POST('/api/v1/audit/verify')) });
  const fields: QueryField[] = [
    { kind: 'text', key: 'actor', label: t('audit.actor'), placeholder: t('audit.actorHint') },
    { kind: 'select', key: 'action', label: t('audit.action'), search: true, options: actions.map((value) => ({ value, label: actionName(value) })) },
    { kind: 'text', key: 'object', label: t('audit.object'), placeholder: t('audit.objectId') },
    { kind: 'text', key: 'text', label: t('audit.text'), placeholder: t('audit.textHint') },
    { kind: 'days', key: 'at', label: t('audit.at'), from: 'from', to: 'to' },
  ];
  const proof = verify.data;
  const from = state.from && startOfDay(state.from, zone);
  const to = state.to && startOfDay(addDays(state.to, 1), zone);
  const mayExport = useMay('audit.export');
  const asked = new URLSearchParams(Object.entries({ actor: state.actor, action: state.action, object: state.object, text: state.text, from, to })
    .filter(([, value]) => value));
  return (
    <div className="page">
      <PageHeader title={t('audit.title')} sub={t('audit.sub')}
        actions={(
          <>
            {mayExport && <ExportButton href={`/api/v1/audit.csv?${asked.toString()}`} name="audit.csv">{t('audit.export')}</ExportButton>}
            <Button loading={verify.isPending} onClick={() => verify.mutate()}>{t('audit.verify')}</Button>
          </>
        )} />
      {verify.error && <ErrorBox error={verify.error} />}
      {proof && (
        <div className="card row" role="status" style={{ padding: 12, marginBottom: 12, color: proof.whole ? 'var(--ok)' : 'var(--error)' }}>
          <span className="grow strong">
            {proof.whole ? t('audit.whole', { count: proof.lines, shown: format.exact(proof.lines) }) : t('audit.broken', { line: format.exact(proof.broken_at) })}
          </span>
          <span className="mono dim one-line" title={proof.head}>{proof.head.slice(0, 24)}…</span>
        </div>
      )}
      <BulkReads />
      <QueryForm fields={fields} values={{ actor: state.actor, action: state.action, object: state.object, text: state.text, from: state.from, to: state.to }}
        onChange={(next) => change({ ...(next as Partial<typeof state>), after: '' })} />
      <AuditTable actor={state.actor} action={state.action} object={state.object} text={state.text} from={from} to={to} cursor={state.after} onCursor={(after) => change({ after }, 'push')} />
    </div>
  );
}
