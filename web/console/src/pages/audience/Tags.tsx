// The tags: the shared vocabulary on people, by group; made by hand or by rule, with a life span.
import { PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Input, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { addGroup, addTag, archive, changeTag, restore, tagsQuery, useFresh, type RuleInput } from './ask.ts';
import type { TagGroup, TagView } from './replies.ts';
import { RuleEditor } from './RuleEditor.tsx';
import { ModeTag, sentenceOf } from './Segments.tsx';
import { Changes, People, Sizes } from './SetPeople.tsx';

const schema = { show: oneOf(['live', 'archived'] as const, 'live'), tag: text('', 60), tab: oneOf(['people', 'changes', 'sizes'] as const, 'people') };

export default function Tags() {
  const { t } = useTranslation('audience');
  const { t: word } = useTranslation('models');
  const format = useFormat();
  const { phone } = useViewer();
  const mayWrite = useMay('audience.write');
  const [{ show, tag, tab }, change] = useUrlState(schema);
  const [editing, setEditing] = useState<TagView | 'new'>();
  const [grouping, setGrouping] = useState(false);
  const query = useQuery(tagsQuery(show === 'archived'));
  const open = query.data?.items.find((one) => one.id === tag);
  return (
    <div className="page">
      <PageHeader title={t('tags.title')} sub={query.data && <span className="small">{t('asOf', { time: format.dateTimeSeconds(query.data.as_of) })}</span>}
        actions={(
          <>
            <Link to="/tags/report"><Button tabIndex={-1}>{word('report.title')}</Button></Link>
            {mayWrite && <Button onClick={() => setGrouping(true)}>{t('tags.newGroup')}</Button>}
            {mayWrite && <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>{t('tags.new')}</Button>}
          </>
        )} />
      <ViewTabs label={t('tags.show')} value={show} onChange={(next) => change({ show: next, tag: '' }, 'push')}
        options={(['live', 'archived'] as const).map((value) => ({ value, label: t(`tags.${value}`) }))} />
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={6}>
        {({ items, groups }) => {
          const shown = items.filter((one) => (show === 'archived') === Boolean(one.archived_at));
          if (shown.length === 0) return <div className="card"><Empty title={t('tags.none')}>{t('tags.noneText')}</Empty></div>;
          const parts: { group: TagGroup | undefined; tags: TagView[] }[] = [
            ...groups.map((group) => ({ group, tags: shown.filter((one) => one.group === group.id) })),
            { group: undefined, tags: shown.filter((one) => !one.group) },
          ];
          return (
            <div className="stack">
              {parts.filter((part) => part.tags.length > 0).map(({ group, tags }) => (
                <section key={group?.id ?? ''} className="card" aria-label={group?.name ?? t('tags.ungrouped')}>
                  <div className="card-head">
                    <h2 className="grow">{group?.name ?? t('tags.ungrouped')}</h2>
                    {group?.exclusive && <Tag tone="progress">{t('tags.exclusive')}</Tag>}
                  </div>
                  <div className="scroll-x"><TagTable tags={tags} onOpen={(one) => change({ tag: one.id, tab: 'people' }, 'push')} onEdit={mayWrite ? setEditing : undefined} /></div>
                </section>
              ))}
            </div>
          );
        }}
      </Loaded>
      {open && (
        <Drawer open size={phone ? 'default' : 960} onClose={() => change({ tag: '' }, 'push')} title={open.name} styles={{ body: { padding: 12 } }}>
          <ViewTabs label={open.name} value={tab} onChange={(next) => change({ tab: next })}
            options={(['people', 'changes', 'sizes'] as const).map((value) => ({ value, label: t(`tab.${value}`) }))} />
          {tab === 'people' && <People family="tags" id={open.id} />}
          {tab === 'changes' && <Changes family="tags" id={open.id} />}
          {tab === 'sizes' && <Sizes family="tags" id={open.id} />}
        </Drawer>
      )}
      {editing && <Edit item={editing === 'new' ? undefined : editing} groups={query.data?.groups ?? []} onClose={() => setEditing(undefined)} />}
      {grouping && <NewGroup onClose={() => setGrouping(false)} />}
    </div>
  );
}

function TagTable({ tags, onOpen, onEdit }: { tags: TagView[]; onOpen: (tag: TagView) => void; onEdit: ((tag: TagView) => void) | undefined }) {
  const { t } = useTranslation('audience');
  const format = useFormat();
  const fresh = useFresh();
  const offerUndo = useUndo();
  const put = useMutation({
    mutationFn: (tag: TagView) => (tag.archived_at ? restore('tags', tag.id) : archive('tags', tag.id)),
    onSuccess: (_, tag) => {
      void fresh();
      offerUndo(t(tag.archived_at ? 'restored' : 'archived', { name: tag.name }), async () => {
        await (tag.archived_at ? archive('tags', tag.id) : restore('tags', tag.id));
        await fresh();
      });
    },
  });
  return (
    <>
      {put.error && <ErrorBox error={put.error} />}
      <table className="plain">
        <thead><tr><th>{t('name')}</th><th>{t('tags.class')}</th><th>{t('modeLabel')}</th><th className="num">{t('size')}</th><th>{t('tags.life')}</th><th>{t('sentence')}</th><ActionsHead /></tr></thead>
        <tbody>
          {tags.map((tag) => (
            <tr key={tag.id}>
              <td style={{ minWidth: 150 }}><button type="button" className="bare door" onClick={() => onOpen(tag)}>{tag.name}</button>{tag.description && <div className="small dim">{tag.description}</div>}</td>
              <td>{t(`classes.${tag.tag_class}`)}</td>
              <td><ModeTag mode={tag.mode} /></td>
              <td className="num"><button type="button" className="bare door" onClick={() => onOpen(tag)} title={format.exact(tag.people)}>{format.count(tag.people)}</button></td>
              <td>{tag.life_days ? t('tags.days', { count: tag.life_days }) : t('tags.forever')}</td>
              <td className="small dim" style={{ maxWidth: 320 }}><span className="one-line" style={{ display: 'block' }}>{sentenceOf(tag, format.pick) || '–'}</span></td>
              <td style={{ whiteSpace: 'nowrap' }}>
                {onEdit && !tag.archived_at && <Button size="small" onClick={() => onEdit(tag)}>{t('edit')}</Button>}{' '}
                {onEdit && <Button size="small" onClick={() => put.mutate(tag)}>{tag.archived_at ? t('restore') : t('archive')}</Button>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Edit({ item, groups, onClose }: { item: TagView | undefined; groups: TagGroup[]; onClose: () => void }) {
  const { t } = useTranslation('audience');
  const { phone } = useViewer();
  const fresh = useFresh();
  const offerUndo = useUndo();
  const [name, setName] = useState(item?.name ?? '');
  const [description, setDescription] = useState(item?.description ?? '');
  const [group, setGroup] = useState(item?.group);
  const [life, setLife] = useState<number | null>(item?.life_days ?? null);
  const [automatic, setAutomatic] = useState(item?.mode === 'live');
  const [rule, setRule] = useState<RuleInput>();
  const save = useMutation({
    mutationFn: async () => {
      const fields = {
        name: name.trim(), ...(description.trim() ? { description: description.trim() } : {}), ...(life ? { life_days: life } : {}), ...(automatic ? rule : {}),
      };
      if (!item) return (await addTag({ ...fields, ...(group ? { group } : {}) })).id;
      await changeTag(item.id, fields);
      return item.id;
    },
    onSuccess: (id) => {
      void fresh();
      if (!item) {
        offerUndo(t('saved', { name: name.trim() }), async () => {
          await archive('tags', id);
          await fresh();
        });
      }
      onClose();
    },
  });
  return (
    <Drawer open size={phone ? 'default' : 1000} title={item ? t('tags.edit', { name: item.name }) : t('tags.new')} onClose={onClose}
      extra={<Button type="primary" disabled={!name.trim() || (automatic && !rule)} loading={save.isPending} onClick={() => save.mutate()}>{t('save')}</Button>}>
      <div className="stack">
        {save.error && <ErrorBox error={save.error} />}
        <div className="row">
          <Input aria-label={t('name')} placeholder={t('name')} value={name} maxLength={60} style={{ flex: '1 1 180px' }} onChange={(event) => setName(event.target.value)} />
          <Select aria-label={t('tags.group')} placeholder={t('tags.group')} allowClear disabled={Boolean(item)} value={group} style={{ minWidth: 160 }} onChange={setGroup}
            options={groups.map((one) => ({ value: one.id, label: one.exclusive ? `${one.name} · ${t('tags.exclusive')}` : one.name }))} />
          <InputNumber aria-label={t('tags.life')} placeholder={t('tags.life')} min={1} max={3660} value={life} suffix={t('unit.day')} style={{ width: 140 }} onChange={setLife} />
        </div>
        <Input aria-label={t('description')} placeholder={t('description')} value={description} maxLength={500} onChange={(event) => setDescription(event.target.value)} />
        <Checkbox checked={automatic} disabled={Boolean(item)} onChange={(event) => setAutomatic(event.target.checked)}>{t('tags.automatic')}</Checkbox>
        {automatic && <RuleEditor forms={item?.forms} onRule={setRule} />}
      </div>
    </Drawer>
  );
}

function NewGroup({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('audience');
  const fresh = useFresh();
  const [name, setName] = useState('');
  const [exclusive, setExclusive] = useState(false);
  const add = useMutation({
    mutationFn: () => addGroup(name.trim(), exclusive),
    onSuccess: () => {
      void fresh();
      onClose();
    },
  });
  return (
    <Modal open title={t('tags.newGroup')} onCancel={onClose} okText={t('save')} okButtonProps={{ disabled: !name.trim() }} confirmLoading={add.isPending} onOk={() => add.mutate()}>
      <div className="stack">
        <Input aria-label={t('name')} placeholder={t('name')} value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
        <Checkbox checked={exclusive} onChange={(event) => setExclusive(event.target.checked)}>{t('tags.exclusiveText')}</Checkbox>
        {add.error && <ErrorBox error={add.error} />}
      </div>
    </Modal>
  );
}
