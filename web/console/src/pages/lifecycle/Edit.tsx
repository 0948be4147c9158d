// Stages in their natural order, each with a rule; what saving would do stands beside them before it is done.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input, Modal, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, ErrorBox, Loaded } from 'ui/states.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { checkRule, type RuleInput } from '../audience/ask.ts';
import type { RuleForms } from '../audience/replies.ts';
import { RuleEditor } from '../audience/RuleEditor.tsx';
import { addLifecycle, archiveLifecycle, changeLifecycle, lifecyclesQuery, readyQuery, stageKinds, tryStages, undoLifecycle, useFreshStages, type Lifecycle, type StageInput, type StageKind } from './ask.ts';
import { FlowTable } from './Flow.tsx';
import { inputsOf, ReadyOne } from './Ready.tsx';
import './lifecycle.css';

interface Row { key: number; id?: string; name: string; kind: StageKind; description: string; forms?: RuleForms | undefined; text?: string | undefined }
let last = 0;
const rowOf = (of: Omit<Row, 'key'>): Row => ({ key: ++last, ...of });
const inputOf = (row: Row): StageInput => ({
  ...(row.id ? { id: row.id } : {}), name: row.name.trim(), kind: row.kind, ...(row.description.trim() ? { description: row.description.trim() } : {}),
  ...(row.forms ? { rule: row.forms.rule } : row.text ? { text: row.text } : {}),
});

export default function EditPage() {
  const { id } = useParams();
  const query = useQuery({ ...lifecyclesQuery, enabled: Boolean(id), staleTime: Infinity });
  if (!id) return <Editor item={undefined} />;
  return (
    <div className={query.data ? undefined : 'page'}>
      <Loaded query={query} rows={8}>
        {({ items }) => {
          const item = items.find((one) => one.id === id);
          return item ? <Editor key={`${item.id}v${String(item.version)}`} item={item} /> : <Link to="/lifecycle">{id}</Link>;
        }}
      </Loaded>
    </div>
  );
}

function Editor({ item }: { item: Lifecycle | undefined }) {
  const { t } = useTranslation('lifecycle');
  const { phone } = useViewer();
  const navigate = useNavigate();
  const fresh = useFreshStages();
  const offerUndo = useUndo();
  const [name, setName] = useState(item?.name ?? '');
  const [scale, setScale] = useState<'big' | 'small'>(item?.scale ?? 'big');
  const [rows, setRows] = useState<Row[]>(() => (item?.stages ?? []).map((one) => rowOf({ id: one.id, name: one.name, kind: one.kind, description: one.description, forms: one.forms })));
  const [open, setOpen] = useState<Row>();
  const ready = useQuery({ ...readyQuery, enabled: !item });
  const stages = useMemo(() => rows.map(inputOf), [rows]);
  const whole = stages.length >= 2 && stages.every((one) => one.name && (one.rule ?? one.text));
  const [settled, setSettled] = useState(stages);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(stages), 400);
    return () => clearTimeout(timer);
  }, [stages]);
  const preview = useQuery({
    queryKey: ['lifecycles', 'preview', item?.id, settled], enabled: whole && settled === stages, retry: false,
    queryFn: ({ signal }) => tryStages(settled, item?.id, signal), placeholderData: keepPreviousData,
  });
  const save = useMutation({
    mutationFn: async () => {
      if (!item) return (await addLifecycle({ name: name.trim(), scale, stages })).id;
      await changeLifecycle(item.id, { version: item.version, name: name.trim(), stages });
      return item.id;
    },
    onSuccess: async (id) => {
      await fresh();
      offerUndo(t('saved', { name: name.trim() }), async () => {
        await (item ? undoLifecycle(id) : archiveLifecycle(id));
        await fresh();
      });
      void navigate(`/lifecycle?of=${id}`);
    },
  });
  const put = (key: number, to: Partial<Row>) => setRows(rows.map((one) => (one.key === key ? { ...one, ...to } : one)));
  const move = (index: number, by: -1 | 1) => {
    const next = [...rows];
    const [taken] = next.splice(index, 1);
    if (taken) next.splice(index + by, 0, taken);
    setRows(next);
  };
  return (
    <div className="page">
      <PageHeader title={item ? t('editor.title') : t('editor.newTitle')} sub={<Link to="/lifecycle">{t('editor.leave')}</Link>}
        actions={<Button type="primary" disabled={!name.trim() || !whole || Boolean(preview.error)} loading={save.isPending} onClick={() => save.mutate()}>{t('editor.save')}</Button>} />
      <div className="row" style={{ marginBottom: 12 }}>
        <Input aria-label={t('editor.name')} placeholder={t('editor.name')} value={name} maxLength={60} style={{ maxWidth: 280 }} onChange={(event) => setName(event.target.value)} />
        {!item && <Select aria-label={t('editor.kind')} value={scale} onChange={setScale} style={{ width: 120 }} options={(['big', 'small'] as const).map((value) => ({ value, label: t(`scale.${value}`) }))} />}
      </div>
      {save.error && <ErrorBox error={save.error} />}
      <div className="stack">
        {!item && rows.length === 0 && ready.data?.items.map((one) => (
          <ReadyOne key={one.key} ready={one} onTaken={(filled) => {
            setRows(inputsOf(filled).map((stage) => rowOf({ name: stage.name, kind: stage.kind, description: stage.description ?? '', text: stage.text })));
            setScale(filled.scale);
            if (!name.trim()) setName(filled.name);
          }} />
        ))}
        <Card title={t('editor.title')} extra={<span className="small dim">{t('editor.order')}</span>}>
          <ol className="stage-rows">
            {rows.map((row, index) => (
              <li key={row.key} className="stage-row">
                <div className="row tight">
                  <Input aria-label={t('editor.stageName')} value={row.name} maxLength={60} style={{ width: phone ? '100%' : 160 }} onChange={(event) => put(row.key, { name: event.target.value })} />
                  <Select aria-label={t('editor.kind')} value={row.kind} style={{ width: 120 }} onChange={(kind) => put(row.key, { kind })} options={stageKinds.map((value) => ({ value, label: t(`kind.${value}`) }))} />
                  <Input aria-label={t('editor.about')} placeholder={t('editor.about')} value={row.description} maxLength={500} style={{ flex: '1 1 160px' }} onChange={(event) => put(row.key, { description: event.target.value })} />
                  <Button size="small" onClick={() => setOpen(row)}>{t('editor.change')}</Button>
                  <Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={t('editor.up', { name: row.name })} disabled={index === 0} onClick={() => move(index, -1)} />
                  <Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={t('editor.down', { name: row.name })} disabled={index === rows.length - 1} onClick={() => move(index, 1)} />
                  <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('editor.drop', { name: row.name })} onClick={() => setRows(rows.filter((one) => one.key !== row.key))} />
                </div>
                <RuleLine row={row} />
              </li>
            ))}
          </ol>
          <Button icon={<PlusOutlined />} onClick={() => {
            const row = rowOf({ name: t('editor.newStage'), kind: 'other', description: '' });
            setRows([...rows, row]);
            setOpen(row);
          }}>{t('editor.add')}</Button>
        </Card>
        {whole && (
          <Card title={t('editor.preview')} extra={<span className="small dim">{t('editor.previewText')}</span>} flush>
            <BusyBar on={preview.isFetching} />
            {preview.error ? <div style={{ padding: 12 }}><ErrorBox error={preview.error} /></div> : preview.data && <FlowTable flow={preview.data} />}
          </Card>
        )}
      </div>
      {open && (
        <RuleDialog row={open} onClose={() => setOpen(undefined)} onRule={(forms) => {
          put(open.key, { forms, text: undefined });
          setOpen(undefined);
        }} />
      )}
    </div>
  );
}

function RuleLine({ row }: { row: Row }) {
  const { t } = useTranslation('lifecycle');
  const format = useFormat();
  const text = row.forms ? format.pick(row.forms.text_zh, row.forms.text_en) : row.text;
  return text ? <pre className="small rule-text">{text}</pre> : <p className="small dim">{t('editor.noRule')}</p>;
}

function RuleDialog({ row, onClose, onRule }: { row: Row; onClose: () => void; onRule: (forms: RuleForms) => void }) {
  const { t } = useTranslation('lifecycle');
  const { phone } = useViewer();
  const [rule, setRule] = useState<RuleInput>();
  // A sentence not yet read by the server is read first.
  const read = useQuery({ queryKey: ['rules', 'check', row.text], enabled: !row.forms && Boolean(row.text), queryFn: ({ signal }) => checkRule({ text: row.text ?? '' }, signal) });
  const done = useMutation({
    mutationFn: () => checkRule(rule ?? { text: '' }),
    onSuccess: (reply) => reply.forms && onRule(reply.forms),
  });
  const waits = !row.forms && Boolean(row.text) && read.isPending;
  return (
    <Modal open width={phone ? '100%' : 1080} title={t('editor.ruleOf', { name: row.name })} onCancel={onClose} okText={t('editor.ok')}
      okButtonProps={{ disabled: !rule }} confirmLoading={done.isPending} onOk={() => done.mutate()}>
      {!waits && <RuleEditor forms={row.forms ?? read.data?.forms ?? undefined} onRule={setRule} />}
      {done.error && <ErrorBox error={done.error} />}
    </Modal>
  );
}
