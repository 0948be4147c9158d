// One cycle: how far its goals are, what is delivered, and its review, without which it does not close.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Checkbox, DatePicker, Input, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { closeCycle, copyCycle, cycleQuery, dropCycle, makeCycle, markItem, reopenCycle, startCycle, useFreshCycles, type Cycle } from './ask.ts';
import { CycleForm } from './CycleForm.tsx';
import { StateTag, Whose } from './Cycles.tsx';
import { GoalBars } from './GoalBars.tsx';

type Asked = 'edit' | 'review' | 'reopen' | 'copy';

export default function CyclePage() {
  const { id = '' } = useParams();
  const query = useQuery(cycleQuery(id));
  return <div className="page"><Loaded query={query} rows={8}>{({ item, currency }) => <One cycle={item} currency={currency} />}</Loaded></div>;
}

function One({ cycle, currency }: { cycle: Cycle; currency: string }) {
  const { t } = useTranslation('cycles');
  const format = useFormat();
  const navigate = useNavigate();
  const mayWrite = useMay('cycle.write');
  const fresh = useFreshCycles();
  const offerUndo = useUndo();
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  const start = useMutation({ mutationFn: () => startCycle(cycle.id), onSuccess: fresh });
  const drop = useMutation({
    mutationFn: () => dropCycle(cycle.id),
    onSuccess: () => {
      void fresh();
      offerUndo(t('dropped', { name: cycle.name }), async () => {
        await makeCycle({
          name: cycle.name, purpose: cycle.purpose, node: cycle.node, starts: cycle.starts, ends: cycle.ends,
          ...(cycle.channel && { channel: cycle.channel }), ...(cycle.product && { product: cycle.product }),
          goals: cycle.goals.map((one) => ({ metric: one.metric, ...(one.variant && { variant: one.variant }), target: one.target })),
          items: cycle.items.map((one) => ({ title: one.title, owner: one.owner, required: one.required, ...(one.due && { due: one.due }) })),
        });
        await fresh();
      });
      void navigate('/cycles');
    },
  });
  const open = cycle.items.filter((one) => one.required && !one.done_at).length;
  return (
    <>
      <PageHeader title={cycle.name} lead={<><StateTag cycle={cycle} /> <CopyId id={cycle.id} /></>} sub={<span className="small"><Whose cycle={cycle} /></span>}
        actions={mayWrite && (
          <>
            {cycle.state === 'draft' && <Button danger loading={drop.isPending} onClick={() => drop.mutate()}>{t('dropDraft')}</Button>}
            {cycle.state !== 'closed' && <Button onClick={() => setAsked('edit')}>{t('edit')}</Button>}
            <Button onClick={() => setAsked('copy')}>{t('copy')}</Button>
            {cycle.state === 'draft' && <Button type="primary" loading={start.isPending} onClick={() => start.mutate()}>{t('start')}</Button>}
            {cycle.state === 'running' && <Button type="primary" onClick={() => setAsked('review')}>{t('close')}</Button>}
            {cycle.state === 'closed' && <Button onClick={() => setAsked('reopen')}>{t('reopen')}</Button>}
          </>
        )} />
      {(start.error ?? drop.error) && <ErrorBox error={start.error ?? drop.error} />}
      <div className="stack">
        {cycle.purpose && <p className="dim">{cycle.purpose}</p>}
        <Card title={t('goals')} flush extra={cycle.state === 'running' && <span className="small dim">{t('elapsed', { share: format.ratio(cycle.elapsed) })}</span>}>
          {cycle.goals.length === 0 ? <p className="dim" style={{ padding: '8px 16px', margin: 0 }}>{t('noGoals')}</p> : <GoalBars cycle={cycle} currency={currency} />}
        </Card>
        <Card title={t('items')} flush extra={open > 0 && cycle.state === 'running' ? <span className="small dim">{t('open', { open: format.exact(open) })}</span> : undefined}>
          <ul className="cards">{cycle.items.map((one) => <Item key={one.number} cycle={cycle} item={one} />)}</ul>
          {cycle.items.length === 0 && <p className="dim" style={{ padding: '8px 16px', margin: 0 }}>{t('noItems')}</p>}
        </Card>
        {(cycle.achieved || cycle.state === 'closed') && (
          <Card title={t('review')} extra={cycle.closed_at && <span className="small dim">{t('closedBy', { name: cycle.closed_by, time: format.dateTime(cycle.closed_at) })}</span>}>
            {(['achieved', 'learned', 'next'] as const).map((part) => <div key={part} style={{ marginBottom: 8 }}><div className="small dim">{t(part)}</div><div style={{ whiteSpace: 'pre-wrap' }}>{cycle[part]}</div></div>)}
          </Card>
        )}
      </div>
      {asked === 'edit' && <CycleForm cycle={cycle} currency={currency} onClose={close} onDone={close} />}
      {asked === 'review' && <Review cycle={cycle} open={open} onClose={close} />}
      {asked === 'reopen' && <Reopen cycle={cycle} onClose={close} />}
      {asked === 'copy' && <Copy cycle={cycle} onClose={close} />}
    </>
  );
}

function Item({ cycle, item }: { cycle: Cycle; item: Cycle['items'][number] }) {
  const { t } = useTranslation('cycles');
  const format = useFormat();
  const mayWrite = useMay('cycle.write') && cycle.state === 'running';
  const fresh = useFreshCycles();
  const offerUndo = useUndo();
  const [result, setResult] = useState(item.result);
  const mark = useMutation({
    mutationFn: (done: boolean) => markItem(cycle.id, item.number, done, result.trim()),
    onSuccess: (_, done) => {
      void fresh();
      if (!done) offerUndo(t('taken', { title: item.title }), async () => { await markItem(cycle.id, item.number, true, item.result); await fresh(); });
    },
  });
  return (
    <li className="row" style={{ padding: '8px 16px' }}>
      <Checkbox checked={Boolean(item.done_at)} disabled={!mayWrite || mark.isPending} onChange={(event) => mark.mutate(event.target.checked)}>
        <span className={item.done_at ? 'dim' : ''}>{item.title}</span>
      </Checkbox>
      {!item.required && <Tag>{t('optional')}</Tag>}
      {item.overdue && <Tag tone="danger">{t('overdue')}</Tag>}
      <span className="small dim">{[item.owner, item.due && t('dueOn', { day: item.due }), item.done_at && t('doneBy', { name: item.done_by, time: format.dateTime(item.done_at) })].filter(Boolean).join(' · ')}</span>
      {item.done_at ? <span className="small grow">{item.result}</span> : mayWrite && <Input className="grow" size="small" style={{ maxWidth: 320, minWidth: 160 }} aria-label={t('result', { title: item.title })} placeholder={t('resultHint')} value={result} maxLength={500} onChange={(event) => setResult(event.target.value)} />}
      {mark.error && <ErrorBox error={mark.error} />}
    </li>
  );
}

function Review({ cycle, open, onClose }: { cycle: Cycle; open: number; onClose: () => void }) {
  const { t } = useTranslation('cycles');
  const format = useFormat();
  const fresh = useFreshCycles();
  const [words, setWords] = useState({ achieved: cycle.achieved, learned: cycle.learned, next: cycle.next });
  const close = useMutation({ mutationFn: () => closeCycle(cycle.id, words), onSuccess: () => { void fresh(); onClose(); } });
  const ready = open === 0 && Object.values(words).every((one) => one.trim().length >= 10);
  return (
    <Modal open title={t('close')} okText={t('close')} okButtonProps={{ disabled: !ready }} confirmLoading={close.isPending} onCancel={onClose} onOk={() => close.mutate()}>
      <div className="stack">
        {open > 0 && <p role="alert">{t('stillOpen', { open: format.exact(open) })}</p>}
        {(['achieved', 'learned', 'next'] as const).map((part) => (
          <label key={part}>
            <span className="dim">{t(part)}</span>
            <Input.TextArea aria-label={t(part)} value={words[part]} maxLength={2000} autoSize={{ minRows: 2, maxRows: 8 }} onChange={(event) => setWords({ ...words, [part]: event.target.value })} />
          </label>
        ))}
        <p className="small dim">{t('reviewText')}</p>
        {close.error && <ErrorBox error={close.error} />}
      </div>
    </Modal>
  );
}

function Reopen({ cycle, onClose }: { cycle: Cycle; onClose: () => void }) {
  const { t } = useTranslation('cycles');
  const fresh = useFreshCycles();
  const [reason, setReason] = useState('');
  const reopen = useMutation({ mutationFn: () => reopenCycle(cycle.id, reason.trim()), onSuccess: () => { void fresh(); onClose(); } });
  return (
    <Modal open title={t('reopen')} okText={t('reopen')} okButtonProps={{ disabled: reason.trim().length < 5 }} confirmLoading={reopen.isPending} onCancel={onClose} onOk={() => reopen.mutate()}>
      <Input.TextArea aria-label={t('reason')} placeholder={t('reason')} value={reason} maxLength={500} autoSize={{ minRows: 2 }} onChange={(event) => setReason(event.target.value)} />
      {reopen.error && <ErrorBox error={reopen.error} />}
    </Modal>
  );
}

function Copy({ cycle, onClose }: { cycle: Cycle; onClose: () => void }) {
  const { t } = useTranslation('cycles');
  const navigate = useNavigate();
  const fresh = useFreshCycles();
  const days = dayjs(cycle.ends).diff(dayjs(cycle.starts), 'day');
  const from = dayjs(cycle.ends).add(1, 'day');
  const [name, setName] = useState(cycle.name);
  const [period, setPeriod] = useState<[Dayjs, Dayjs]>([from, from.add(days, 'day')]);
  const copy = useMutation({
    mutationFn: () => copyCycle(cycle.id, { name: name.trim(), starts: period[0].format('YYYY-MM-DD'), ends: period[1].format('YYYY-MM-DD') }),
    onSuccess: ({ id }) => { void fresh(); onClose(); void navigate(`/cycles/${id}`); },
  });
  return (
    <Modal open title={t('copy')} okText={t('copy')} okButtonProps={{ disabled: !name.trim() }} confirmLoading={copy.isPending} onCancel={onClose} onOk={() => copy.mutate()}>
      <div className="stack">
        <p className="small dim">{t('copyText')}</p>
        <Input aria-label={t('name')} value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
        <DatePicker.RangePicker aria-label={t('period')} inputReadOnly allowClear={false} value={period} onChange={(next) => next?.[0] && next[1] && setPeriod([next[0], next[1]])} />
        {copy.error && <ErrorBox error={copy.error} />}
      </div>
    </Modal>
  );
}
