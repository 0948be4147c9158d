// What was taken out and by whom; asking for a file over the limit, and deciding about others' requests.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ExportItem, ExportState } from 'api/contract.ts';
import { Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ExportButton } from 'ui/ExportButton.tsx';
import { ListTable, type Column } from 'ui/ListTable.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import type { Tone } from 'ui/tokens.ts';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';

const states: ExportState[] = ['waiting', 'approved', 'refused', 'taken', 'declined', 'withdrawn', 'expired'];
const tones: Record<ExportState, Tone> = { taken: 'neutral', refused: 'warn', waiting: 'progress', approved: 'active', declined: 'danger', withdrawn: 'neutral', expired: 'neutral' };
const schema = { of: oneOf(['mine', 'others'] as const, 'mine'), state: oneOf(['', ...states] as const, ''), after: text('', 1000) };
type Step = 'ask' | 'approve' | 'decline';

export default function Exports() {
  const { t } = useTranslation('exports');
  const format = useFormat();
  const [url, change] = useUrlState(schema);
  const [step, setStep] = useState<{ step: Step; item: ExportItem }>();
  const mayApprove = useMay('export.approve');
  const mayAudit = useMay('audit.read');
  const others = mayApprove || mayAudit;
  const of = others ? url.of : 'mine';
  const query = useQuery({
    queryKey: ['exports', 'list', of, url.state, url.after],
    queryFn: ({ signal }) => body(api.GET('/api/v1/exports', { params: { query: { of, state: url.state || undefined, cursor: url.after || undefined } }, signal })),
    placeholderData: keepPreviousData,
  });
  const title = (one: ExportItem) => format.pick(one.title_zh, one.title_en);
  const holds = (one: ExportItem) => (one.data === 'people' ? t('people', { shown: format.exact(one.people) }) : `${t(`data.${one.data}`)} · ${t('rows', { shown: format.exact(one.rows) })}`);
  const acts = (one: ExportItem) => <Actions item={one} onStep={(wanted) => setStep({ step: wanted, item: one })} />;
  const columns: Column<ExportItem>[] = [
    { key: 'file', title: t('file'), render: (one) => <>{title(one)}<Filters item={one} /></> },
    { key: 'who', title: t('who'), render: (one) => one.actor_name },
    { key: 'at', title: t('at'), render: (one) => format.dateTime(one.at) },
    { key: 'holds', title: t('holds'), render: holds },
    { key: 'state', title: t('stateLabel'), render: (one) => <State item={one} /> },
    { key: 'reason', title: t('reason'), render: (one) => one.reason || '–' },
    { key: 'decision', title: t('decision'), render: (one) => <Decision item={one} /> },
    { key: 'acts', title: '', render: acts },
  ];
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={t('sub')} />
      {others && <ViewTabs label={t('show')} value={of} options={(['mine', 'others'] as const).map((value) => ({ value, label: t(`of.${value}`) }))} onChange={(next) => change({ of: next, after: '' })} />}
      <Select aria-label={t('stateLabel')} value={url.state} style={{ width: 180, marginBottom: 12 }} onChange={(state) => change({ state, after: '' })}
        options={[{ value: '' as const, label: t('any') }, ...states.map((value) => ({ value, label: t(`state.${value}`) }))]} />
      <ListTable name="exports" query={query} columns={columns} rowKey={(one) => one.id} cursor={url.after} onCursor={(after) => change({ after }, 'push')}
        empty={<Empty title={url.state === 'waiting' && of === 'others' ? t('noneWaiting') : t('none')}>{t('noneText')}</Empty>}
        card={(one) => (
          <div className="card-row">
            <div className="top"><span className="strong grow">{title(one)}</span><State item={one} /></div>
            <div className="below">{one.actor_name} · {format.dateTime(one.at)} · {holds(one)}</div>
            {one.reason && <div className="below">{t('because', { reason: one.reason })}</div>}
            <div className="below"><Decision item={one} /></div>
            {acts(one)}
          </div>
        )} />
      {step && <Dialog {...step} onClose={() => setStep(undefined)} />}
    </div>
  );
}

function Filters({ item }: { item: ExportItem }) {
  const { t } = useTranslation('exports');
  if (!item.query) return null;
  const words = decodeURIComponent(item.query);
  return <div className="small dim mono one-line" style={{ maxWidth: 260 }} title={`${t('query')} ${words}`}>{words}</div>;
}

function State({ item }: { item: ExportItem }) {
  const { t } = useTranslation('exports');
  return <Tag tone={tones[item.state]}>{t(`state.${item.state}`)}</Tag>;
}

function Decision({ item }: { item: ExportItem }) {
  const { t } = useTranslation('exports');
  const format = useFormat();
  const parts = [
    item.decided_by && `${item.decided_by} ${format.dateTime(item.decided_at)}`, item.decision,
    item.ends_at && (item.state === 'waiting' || item.state === 'approved') && t('until', { time: format.dateTime(item.ends_at) }),
    item.state === 'approved' && item.fetched > 0 && t('fetched', { count: item.fetched }),
  ].filter(Boolean);
  return <span className="small dim">{parts.join(' · ') || '–'}</span>;
}

function Actions({ item, onStep }: { item: ExportItem; onStep: (step: Step) => void }) {
  const { t } = useTranslation('exports');
  const client = useQueryClient();
  const withdraw = useMutation({
    mutationFn: () => body(api.POST('/api/v1/exports/{id}/withdraw', { params: { path: { id: item.id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['exports'] }),
  });
  return (
    <span className="row tight">
      {item.may_ask && <Button size="small" onClick={() => onStep('ask')}>{t('ask')}</Button>}
      {item.own && item.state === 'waiting' && <Button size="small" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>{t('withdraw')}</Button>}
      {item.own && item.state === 'approved' && <ExportButton size="small" href={`${item.path}${item.query && `?${item.query}`}`} name={item.path.split('/').at(-1) ?? 'export.csv'}>{t('fetch')}</ExportButton>}
      {item.may_decide && item.state === 'waiting' && <Button size="small" type="primary" onClick={() => onStep('approve')}>{t('approve')}</Button>}
      {item.may_decide && <Button size="small" danger onClick={() => onStep('decline')}>{t(item.state === 'approved' ? 'takeBack' : 'decline')}</Button>}
    </span>
  );
}

function Dialog({ step, item, onClose }: { step: Step; item: ExportItem; onClose: () => void }) {
  const { t } = useTranslation('exports');
  const format = useFormat();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const params = { path: { id: item.id } };
  const said = reason.trim();
  const go = useMutation({
    mutationFn: (): Promise<unknown> =>
      step === 'ask' ? body(api.POST('/api/v1/exports/{id}/ask', { params, body: { reason: said } }))
        : step === 'approve' ? body(api.POST('/api/v1/exports/{id}/approve', { params, body: said ? { reason: said } : {} }))
          : body(api.POST('/api/v1/exports/{id}/decline', { params, body: { reason: said } })),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ['exports'] }),
  });
  return (
    <Modal open title={t(step)} onCancel={onClose} okText={t(step === 'ask' ? 'okAsk' : step === 'approve' ? 'okApprove' : 'okDecline')} confirmLoading={go.isPending}
      okButtonProps={{ disabled: step !== 'approve' && said.length < 2, danger: step === 'decline' }} onOk={() => go.mutate()}>
      <div className="stack">
        <div><span className="strong">{format.pick(item.title_zh, item.title_en)}</span> · {item.actor_name} · {t('people', { shown: format.exact(item.people) })}</div>
        {item.reason && <div className="dim">{t('because', { reason: item.reason })}</div>}
        {step === 'approve' && <p className="small dim" style={{ margin: 0 }}>{t('approveText')}</p>}
        <Input.TextArea aria-label={t('reasonHint')} placeholder={t('reasonHint')} value={reason} maxLength={200} showCount autoSize={{ minRows: 2 }} onChange={(event) => setReason(event.target.value)} style={{ marginBottom: 16 }} />
        {go.error && <ErrorBox error={go.error} />}
      </div>
    </Modal>
  );
}
