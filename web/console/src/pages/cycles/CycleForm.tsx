// A cycle as it is typed: whose, when, its goals, its checklist.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ApiProblem } from 'api/client.ts';
import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { metricsQuery, nodesQuery } from '../../queries.ts';
import { changeCycle, makeCycle, scaleOf, useFreshCycles, type Cycle, type CycleInput } from './ask.ts';

interface Fields {
  name: string;
  purpose?: string;
  node?: string;
  channel?: string;
  product?: string;
  period: [Dayjs, Dayjs];
  goals: { metric: string; target: number }[];
  items: { number?: number; title: string; owner?: string; due?: Dayjs; required?: boolean }[];
}
interface Props { cycle?: Cycle; currency: string; onClose: () => void; onDone: (id: string) => void }

const iso = (day: Dayjs): string => day.format('YYYY-MM-DD');

export function CycleForm({ cycle, currency, onClose, onDone }: Props) {
  const { t } = useTranslation('cycles');
  const format = useFormat();
  const fresh = useFreshCycles();
  const [form] = Form.useForm<Fields>();
  const metrics = useQuery(metricsQuery);
  const nodes = useQuery(nodesQuery);
  const words = useMemo(() => (metrics.data?.items ?? []).flatMap((one) => {
    const name = format.pick(one.name_zh, one.name_en);
    const variants = one.variants.map((variant) => ({ value: `${one.id}/${variant.id}`, label: t('variant', { name, variant: format.pick(variant.name_zh, variant.name_en) }), unit: variant.unit }));
    return [{ value: `${one.id}/`, label: name, unit: one.unit }, ...variants];
  }), [metrics.data, format, t]);
  const unitOf = (metric?: string) => words.find((one) => one.value === metric)?.unit ?? 'count';
  const save = useMutation({
    mutationFn: async (fields: Fields) => {
      const body: CycleInput = {
        name: fields.name.trim(),
        ...(fields.purpose?.trim() && { purpose: fields.purpose.trim() }),
        ...(fields.node && { node: fields.node }),
        ...(fields.channel?.trim() && { channel: fields.channel.trim() }),
        ...(fields.product?.trim() && { product: fields.product.trim() }),
        starts: iso(fields.period[0]), ends: iso(fields.period[1]),
        goals: fields.goals.map((one) => {
          const [metric = '', variant = ''] = one.metric.split('/');
          return { metric, ...(variant && { variant }), target: Math.round(one.target * scaleOf(unitOf(one.metric), currency)) };
        }),
        items: fields.items.map((one) => ({
          ...(one.number !== undefined && { number: one.number }), title: one.title.trim(), ...(one.owner?.trim() && { owner: one.owner.trim() }),
          ...(one.due && { due: iso(one.due) }), required: one.required ?? true,
        })),
      };
      if (!cycle) return (await makeCycle(body)).id;
      await changeCycle(cycle.id, body);
      return cycle.id;
    },
    onSuccess: (id) => {
      void fresh();
      onDone(id);
    },
    onError: (error) => {
      if (!(error instanceof ApiProblem)) return;
      form.setFields(error.errors.map((one) => {
        const [field = '', index, part] = one.field.split('/');
        const name = field === 'starts' || field === 'ends' ? ['period'] : index === undefined ? [field] : [field, Number(index), part ?? ''];
        return { name: name as never, errors: [[one.reason, one.remedy].filter(Boolean).join(' · ')] };
      }));
    },
  });
  const needed = [{ required: true, message: t('needed') }];
  const initial: Partial<Fields> = cycle ? {
    name: cycle.name, purpose: cycle.purpose, node: cycle.node, period: [dayjs(cycle.starts), dayjs(cycle.ends)],
    ...(cycle.channel && { channel: cycle.channel }), ...(cycle.product && { product: cycle.product }),
    goals: cycle.goals.map((one) => ({ metric: `${one.metric}/${one.variant}`, target: one.target / scaleOf(one.unit, currency) })),
    items: cycle.items.map((one) => ({ number: one.number, title: one.title, owner: one.owner, required: one.required, ...(one.due && { due: dayjs(one.due) }) })),
  } : { goals: [{ metric: 'net_sales/', target: 0 }], items: (['list', 'training', 'display', 'review'] as const).map((key) => ({ title: t(`ready.${key}`), required: true })) };
  return (
    <Modal open width={720} title={t(cycle ? 'edit' : 'new')} okText={t('save')} confirmLoading={save.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={initial} onFinish={(fields) => save.mutate(fields)}>
        <Form.Item name="name" label={t('name')} rules={needed}><Input maxLength={60} /></Form.Item>
        <Form.Item name="period" label={t('period')} rules={needed}><DatePicker.RangePicker inputReadOnly style={{ width: '100%' }} /></Form.Item>
        <Form.Item name="node" label={t('node')}>
          <Select allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t('whole')} options={nodes.data?.items.map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
        <div className="row" style={{ alignItems: 'flex-start' }}>
          <Form.Item className="grow" name="channel" label={t('channel')}><Input maxLength={40} placeholder={t('any')} /></Form.Item>
          <Form.Item className="grow" name="product" label={t('product')}><Input maxLength={120} placeholder={t('any')} /></Form.Item>
        </div>
        <Form.Item name="purpose" label={t('purpose')}><Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 6 }} /></Form.Item>
        <div className="strong">{t('goals')}</div>
        <Form.List name="goals">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <div key={key} className="row" style={{ alignItems: 'flex-start', flexWrap: 'nowrap', marginTop: 8 }}>
                  <Form.Item className="grow" name={[name, 'metric']} rules={needed} style={{ marginBottom: 0 }}>
                    <Select aria-label={t('metric')} showSearch={{ optionFilterProp: 'label' }} options={words} />
                  </Form.Item>
                  <Form.Item noStyle shouldUpdate>
                    {({ getFieldValue }) => (
                      <Form.Item name={[name, 'target']} rules={needed} style={{ marginBottom: 0 }}>
                        <InputNumber aria-label={t('target')} min={0} changeOnWheel={false} style={{ width: 160 }} suffix={suffix(unitOf(getFieldValue(['goals', name, 'metric']) as string), currency)} />
                      </Form.Item>
                    )}
                  </Form.Item>
                  <Button type="text" icon={<DeleteOutlined />} aria-label={t('drop')} onClick={() => remove(name)} />
                </div>
              ))}
              <Button size="small" type="link" icon={<PlusOutlined />} disabled={fields.length >= 12} onClick={() => add({ target: 0 })}>{t('addGoal')}</Button>
            </>
          )}
        </Form.List>
        <div className="strong" style={{ marginTop: 12 }}>{t('items')}</div>
        <Form.List name="items">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <div key={key} className="row" style={{ alignItems: 'flex-start', marginTop: 8 }}>
                  <Form.Item className="grow" name={[name, 'title']} rules={needed} style={{ marginBottom: 0, minWidth: 180 }}><Input aria-label={t('item')} placeholder={t('item')} maxLength={120} /></Form.Item>
                  <Form.Item name={[name, 'owner']} style={{ marginBottom: 0, width: 110 }}><Input aria-label={t('owner')} placeholder={t('owner')} maxLength={60} /></Form.Item>
                  <Form.Item name={[name, 'due']} style={{ marginBottom: 0, width: 130 }}><DatePicker aria-label={t('due')} placeholder={t('due')} inputReadOnly /></Form.Item>
                  <Form.Item name={[name, 'required']} valuePropName="checked" style={{ marginBottom: 0 }}><Checkbox>{t('required')}</Checkbox></Form.Item>
                  <Button type="text" icon={<DeleteOutlined />} aria-label={t('drop')} onClick={() => remove(name)} />
                </div>
              ))}
              <Button size="small" type="link" icon={<PlusOutlined />} disabled={fields.length >= 60} onClick={() => add({ title: '', required: true })}>{t('addItem')}</Button>
            </>
          )}
        </Form.List>
      </Form>
      {save.error && <ErrorBox error={save.error} />}
    </Modal>
  );
}

const suffix = (unit: string, currency: string): string => (unit === 'money' ? currency : unit === 'ratio' ? '%' : '');
