// Layered strategies: level first, then channel, the channel's CRM, tag. Everybody has one at most.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { segmentsQuery, tagsQuery } from '../audience/ask.ts';
import { addStrategy, dropStrategy, orderStrategies, strategiesQuery, strategyPeople, type Strategy } from './ask.ts';
import { PeopleDrawer } from './PeopleDrawer.tsx';

const layers = ['level', 'channel', 'channel_crm', 'tag'] as const;

export default function Strategies() {
  const { t } = useTranslation('models');
  const format = useFormat();
  const mayWrite = useMay('audience.write');
  const client = useQueryClient();
  const offerUndo = useUndo();
  const query = useQuery(strategiesQuery);
  const [making, setMaking] = useState(false);
  const [open, setOpen] = useState<Strategy>();
  const again = () => client.invalidateQueries({ queryKey: ['strategies'] });
  const move = useMutation({ mutationFn: (order: string[]) => orderStrategies(order), onSuccess: again });
  const drop = useMutation({
    mutationFn: (one: Strategy) => dropStrategy(one.id),
    onSuccess: (_, one) => {
      void again();
      offerUndo(t('strategy.dropped', { name: one.name }), async () => {
        await addStrategy({ name: one.name, layer: one.layer, set: one.set, action: one.action });
        await again();
      });
    },
  });
  const swap = (items: Strategy[], at: number, by: -1 | 1) => {
    const order = items.map((one) => one.id);
    [order[at], order[at + by]] = [order[at + by] ?? '', order[at] ?? ''];
    move.mutate(order);
  };
  return (
    <div className="page">
      <PageHeader title={t('strategy.title')} sub={<span className="small">{t('strategy.sub')}</span>}
        actions={mayWrite && <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t('strategy.new')}</Button>} />
      {(move.error ?? drop.error) && <ErrorBox error={move.error ?? drop.error} />}
      <Card label={t('strategy.title')} flush>
        <BusyBar on={query.isFetching} />
        <Loaded query={query} rows={5}>
          {({ items, without, people }) => items.length === 0 ? <Empty title={t('strategy.none')}>{t('strategy.noneText')}</Empty> : (
            <>
              <div className="scroll-x">
                <table className="plain">
                  <thead><tr><th>{t('strategy.layer')}</th><th>{t('strategy.name')}</th><th>{t('strategy.set')}</th><th>{t('strategy.action')}</th><th className="num">{t('strategy.matched')}</th><th className="num">{t('strategy.primary')}</th>{mayWrite && <ActionsHead />}</tr></thead>
                  <tbody>
                    {items.map((one, at) => (
                      <tr key={one.id}>
                        <td><Tag tone="progress">{t(`layer.${one.layer}`)}</Tag></td><td className="strong">{one.name}</td>
                        <td>{one.set_name}{one.set_archived && <> <Tag tone="warn">{t('strategy.archived')}</Tag></>}</td><td className="small">{one.action || '–'}</td>
                        <td className="num">{format.exact(one.matched)}</td>
                        <td className="num"><button type="button" className="bare door" onClick={() => setOpen(one)}>{format.exact(one.primary)}</button>{one.small && <> <Tag tone="warn">{t('small')}</Tag></>}</td>
                        {mayWrite && (
                          <td style={{ whiteSpace: 'nowrap' }}>
                            <Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={t('strategy.up', { name: one.name })} disabled={items[at - 1]?.layer !== one.layer} onClick={() => swap(items, at, -1)} />
                            <Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={t('strategy.down', { name: one.name })} disabled={items[at + 1]?.layer !== one.layer} onClick={() => swap(items, at, 1)} />
                            <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('strategy.drop', { name: one.name })} onClick={() => drop.mutate(one)} />
                          </td>
                        )}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <p className="small dim" style={{ padding: 12 }}>{t('strategy.sum', { people: format.exact(people), without: format.exact(without) })}</p>
            </>
          )}
        </Loaded>
      </Card>
      {making && <Make onClose={() => setMaking(false)} onDone={again} />}
      {open && <PeopleDrawer title={open.name} about={open.id} ask={(cursor, signal) => strategyPeople(open.id, cursor, signal)} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function Make({ onClose, onDone }: { onClose: () => void; onDone: () => unknown }) {
  const { t } = useTranslation('models');
  const { t: word } = useTranslation('audience');
  const segments = useQuery(segmentsQuery());
  const tags = useQuery(tagsQuery());
  const [name, setName] = useState('');
  const [layer, setLayer] = useState<(typeof layers)[number]>('level');
  const [set, setSet] = useState<string>();
  const [action, setAction] = useState('');
  const save = useMutation({
    mutationFn: () => addStrategy({ name: name.trim(), layer, set: set ?? '', ...(action.trim() ? { action: action.trim() } : {}) }),
    onSuccess: () => {
      void onDone();
      onClose();
    },
  });
  return (
    <Modal open title={t('strategy.new')} onCancel={onClose} okText={word('save')} okButtonProps={{ disabled: !name.trim() || !set }} confirmLoading={save.isPending} onOk={() => save.mutate()}>
      <div className="stack">
        <Input aria-label={t('strategy.name')} placeholder={t('strategy.name')} value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
        <Select aria-label={t('strategy.layer')} value={layer} onChange={setLayer} options={layers.map((value) => ({ value, label: t(`layer.${value}`) }))} />
        <Select aria-label={t('strategy.set')} placeholder={t('strategy.set')} value={set} onChange={setSet} showSearch={{ optionFilterProp: 'label' }} options={[
          { label: word('segments.title'), options: (segments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })) },
          { label: word('tags.title'), options: (tags.data?.items ?? []).map((one) => ({ value: one.id, label: one.name })) },
        ]} />
        <Input aria-label={t('strategy.action')} placeholder={t('strategy.action')} value={action} maxLength={500} onChange={(event) => setAction(event.target.value)} />
        {save.error && <ErrorBox error={save.error} />}
      </div>
    </Modal>
  );
}
