// Funnels over typed events: how many went from step to step, who dropped where. Every count opens its people.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { components } from 'api/schema.d.ts';
import { Button, Input, InputNumber, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { BusyBar, Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { useUndo } from 'ui/undo.tsx';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { ask, wordsQuery } from '../audience/ask.ts';
import type { Rule } from '../audience/types.ts';
import { rulePeople } from '../models/ask.ts';
import { PeopleDrawer } from '../models/PeopleDrawer.tsx';

type Schemas = components['schemas'];
type Funnel = Schemas['audience.EventFunnelView'];
type Step = Schemas['audience.FunnelStep'];
type Result = Omit<Schemas['audience.FunnelResult'], 'steps'> & { steps: (Omit<Schemas['audience.FunnelStepResult'], 'reached' | 'stopped'> & { reached: Rule; stopped?: Rule | null })[] };
interface Fields { name: string; within_days: number; steps: Step[] }

const spans = ['7', '30', '90', '365'] as const;
const schema = { funnel: text('', 40), days: oneOf(spans, '30') };
const most = 8;
const funnelsQuery = { queryKey: ['event-funnels'], queryFn: ({ signal }: { signal: AbortSignal }) => ask<{ items: Funnel[]; aisas: Step[] }>('GET', 'event-funnels', { signal }) };
const path = (id: string) => ({ params: { path: { id } } });

export function Funnels() {
  const { t } = useTranslation('lifecycle');
  const mayWrite = useMay('audience.write');
  const client = useQueryClient();
  const offerUndo = useUndo();
  const query = useQuery(funnelsQuery);
  const [{ funnel, days }, change] = useUrlState(schema);
  const [editing, setEditing] = useState<{ of?: Funnel; fields: Fields }>();
  const again = () => client.invalidateQueries({ queryKey: ['event-funnels'] });
  const drop = useMutation({
    mutationFn: (one: Funnel) => ask<unknown>('DELETE', 'event-funnels/{id}', path(one.id)),
    onSuccess: (_, one) => {
      void again();
      offerUndo(t('archived', { name: one.name }), async () => {
        await ask<unknown>('POST', 'event-funnels/{id}/restore', { ...path(one.id), body: {} });
        await again();
      });
    },
  });
  return (
    <Loaded query={query} rows={6}>
      {({ items, aisas }) => {
        const open = items.find((one) => one.id === funnel) ?? items[0];
        const begin = () => setEditing({ fields: { name: items.some((one) => one.name === 'AISAS') ? '' : 'AISAS', within_days: 7, steps: aisas } });
        return (
          <div className="stack">
            {drop.error && <ErrorBox error={drop.error} />}
            {items.length === 0 && <div className="card"><Empty title={t('funnel.none')} actions={mayWrite && <Button type="primary" onClick={begin}>{t('funnel.new')}</Button>}>{t('funnel.noneText')}</Empty></div>}
            {open && (
              <>
                <div className="row">
                  <Select aria-label={t('funnel.title')} value={open.id} style={{ minWidth: 180 }} onChange={(next) => change({ funnel: next })} options={items.map((one) => ({ value: one.id, label: one.name }))} />
                  <Segmented aria-label={t('funnel.window')} value={days} onChange={(next) => change({ days: next })} options={spans.map((value) => ({ value, label: t('funnel.last', { count: Number(value) }) }))} />
                  {mayWrite && (
                    <span className="row tight" style={{ marginLeft: 'auto' }}>
                      <Button icon={<EditOutlined />} onClick={() => setEditing({ of: open, fields: { name: open.name, within_days: open.within_days, steps: open.steps } })}>{t('funnel.edit')}</Button>
                      <Button icon={<DeleteOutlined />} aria-label={t('editor.drop', { name: open.name })} onClick={() => drop.mutate(open)} />
                      <Button icon={<PlusOutlined />} onClick={begin}>{t('funnel.new')}</Button>
                    </span>
                  )}
                </div>
                <Shown key={open.id} funnel={open} days={Number(days)} />
              </>
            )}
            {editing && <Editor {...editing} onClose={() => setEditing(undefined)} onDone={again} />}
          </div>
        );
      }}
    </Loaded>
  );
}

function Shown({ funnel, days }: { funnel: Funnel; days: number }) {
  const { t } = useTranslation('lifecycle');
  const format = useFormat();
  const [open, setOpen] = useState<{ title: string; rule: Rule }>();
  const query = useQuery({
    queryKey: ['event-funnels', funnel.id, funnel.changed_at, days], placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask<Result>('GET', 'event-funnels/{id}/result', { params: { path: { id: funnel.id }, query: { window_days: days } }, signal }),
  });
  return (
    <Card title={funnel.name} extra={<span className="small dim">{t('funnel.rule', { count: funnel.within_days })}</span>}>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={5}>
        {({ steps }) => {
          const [first] = steps;
          return (
            <ol className="funnel-steps">
              {steps.map((step, index) => {
                const before = steps[index - 1];
                return (
                  <li key={index}>
                    <div className="row tight">
                      <span className="strong" style={{ minWidth: 72 }}>{index + 1}. {step.name}</span>
                      <button type="button" className="bare door num" data-testid={`step-${String(index)}`} onClick={() => setOpen({ title: step.name, rule: step.reached })}>{format.exact(step.people)}</button>
                      {before && <span className="small dim">{t('funnel.fromBefore', { share: format.ratio(step.people / Math.max(1, before.people)) })}</span>}
                      <span className="mono small dimmer">{step.type}</span>
                    </div>
                    <div className="bar" style={{ width: `${String((100 * step.people) / Math.max(1, first?.people ?? 1))}%` }} />
                    {step.stopped && step.dropped > 0 && (
                      <button type="button" className="bare door small" onClick={() => step.stopped && setOpen({ title: t('funnel.stoppedAt', { step: step.name }), rule: step.stopped })}>{t('funnel.dropped', { people: format.exact(step.dropped) })}</button>
                    )}
                  </li>
                );
              })}
            </ol>
          );
        }}
      </Loaded>
      {open && <PeopleDrawer title={open.title} about={`funnel ${funnel.id} ${String(days)} ${open.title}`} rule={open.rule} ask={(cursor, signal) => rulePeople(open.rule, cursor, signal)} onClose={() => setOpen(undefined)} />}
    </Card>
  );
}

function Editor({ of, fields, onClose, onDone }: { of?: Funnel; fields: Fields; onClose: () => void; onDone: () => unknown }) {
  const { t } = useTranslation('lifecycle');
  const format = useFormat();
  const offerUndo = useUndo();
  const words = useQuery(wordsQuery);
  const [name, setName] = useState(fields.name);
  const [within, setWithin] = useState(fields.within_days);
  const [steps, setSteps] = useState<Step[]>(fields.steps);
  const put = (next: Fields) => ask<{ id: string }>(of ? 'PUT' : 'POST', of ? 'event-funnels/{id}' : 'event-funnels', { ...(of ? path(of.id) : {}), body: next });
  const save = useMutation({
    mutationFn: () => put({ name: name.trim(), within_days: within, steps }),
    onSuccess: async ({ id }) => {
      await onDone();
      offerUndo(t('saved', { name: name.trim() }), async () => {
        await (of ? put(fields) : ask<unknown>('DELETE', 'event-funnels/{id}', path(id)));
        await onDone();
      });
      onClose();
    },
  });
  const change = (at: number, to: Partial<Step>) => setSteps(steps.map((one, index) => (index === at ? { ...one, ...to } : one)));
  const swap = (at: number, by: -1 | 1) => {
    const next = [...steps];
    const [taken] = next.splice(at, 1);
    if (taken) next.splice(at + by, 0, taken);
    setSteps(next);
  };
  const types = (words.data?.event_types ?? []).map((one) => ({ value: one.type, label: format.pick(one.zh, one.en) }));
  return (
    <Modal open width={640} title={of ? t('funnel.edit') : t('funnel.new')} onCancel={onClose} okText={t('editor.save')} confirmLoading={save.isPending} onOk={() => save.mutate()}
      okButtonProps={{ disabled: !name.trim() || steps.length < 2 || steps.some((one) => !one.name.trim() || !one.type) }}>
      <div className="stack">
        <div className="row">
          <Input aria-label={t('funnel.name')} placeholder={t('funnel.name')} value={name} maxLength={60} style={{ flex: '1 1 180px' }} onChange={(event) => setName(event.target.value)} />
          <InputNumber aria-label={t('funnel.within')} min={1} max={365} precision={0} value={within} prefix={t('funnel.within')} suffix={t('funnel.days')} style={{ width: 200 }} onChange={(next) => setWithin(next ?? 7)} />
        </div>
        {steps.map((step, index) => (
          <div key={index} className="row tight">
            <Input aria-label={t('funnel.step', { count: index + 1 })} value={step.name} maxLength={40} style={{ width: 130 }} onChange={(event) => change(index, { name: event.target.value })} />
            <Select aria-label={t('funnel.event', { count: index + 1 })} placeholder={t('funnel.choose')} value={step.type || undefined} options={types} showSearch={{ optionFilterProp: 'label' }} style={{ flex: '1 1 180px' }} onChange={(type: string) => change(index, { type })} />
            <Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={t('editor.up', { name: step.name })} disabled={index === 0} onClick={() => swap(index, -1)} />
            <Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={t('editor.down', { name: step.name })} disabled={index === steps.length - 1} onClick={() => swap(index, 1)} />
            <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('editor.drop', { name: step.name })} onClick={() => setSteps(steps.filter((_, at) => at !== index))} />
          </div>
        ))}
        {steps.length < most && <Button icon={<PlusOutlined />} onClick={() => setSteps([...steps, { name: '', type: '' }])}>{t('funnel.add')}</Button>}
        {save.error && <ErrorBox error={save.error} />}
      </div>
    </Modal>
  );
}
