// What may be done with chosen people: keep them as a segment, or put a tag on them; each with the way back.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ErrorBox } from 'ui/states.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { addSegment, applyTag, archive, tagsQuery, undoBatch, useFresh } from '../pages/audience/ask.ts';

interface Props { customers: string[]; onDone: () => void }

export function AudienceActions({ customers, onDone }: Props) {
  const { t } = useTranslation('audience');
  const mayWrite = useMay('audience.write');
  const mayTag = useMay('audience.tag');
  const [asking, setAsking] = useState<'segment' | 'tag'>();
  const close = () => setAsking(undefined);
  return (
    <>
      {mayWrite && <Button size="small" onClick={() => setAsking('segment')}>{t('saveAsSegment')}</Button>}
      {mayTag && <Button size="small" onClick={() => setAsking('tag')}>{t('tag.apply')}</Button>}
      {asking === 'segment' && <SaveAs customers={customers} onClose={close} onDone={onDone} />}
      {asking === 'tag' && <ApplyTag customers={customers} onClose={close} onDone={onDone} />}
    </>
  );
}

function SaveAs({ customers, onClose, onDone }: Props & { onClose: () => void }) {
  const { t } = useTranslation('audience');
  const format = useFormat();
  const navigate = useNavigate();
  const fresh = useFresh();
  const offerUndo = useUndo();
  const [name, setName] = useState('');
  const save = useMutation({
    mutationFn: () => addSegment({ name: name.trim(), customers }),
    onSuccess: (saved) => {
      void fresh();
      offerUndo(t('saved', { name: name.trim() }), async () => {
        await archive('segments', saved.id);
        await fresh();
      });
      onClose();
      onDone();
      void navigate(`/segments/${saved.id}`);
    },
  });
  return (
    <Modal open title={t('saveAsSegment')} onCancel={onClose} okText={t('save')} okButtonProps={{ disabled: !name.trim() }} confirmLoading={save.isPending} onOk={() => save.mutate()}>
      <p className="dim" style={{ marginBottom: 8 }}>{t('saveAsText', { count: customers.length, shown: format.exact(customers.length) })}</p>
      <Input aria-label={t('name')} placeholder={t('name')} value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
      {save.error && <ErrorBox error={save.error} />}
    </Modal>
  );
}

function ApplyTag({ customers, onClose, onDone }: Props & { onClose: () => void }) {
  const { t } = useTranslation('audience');
  const format = useFormat();
  const fresh = useFresh();
  const offerUndo = useUndo();
  const tags = useQuery(tagsQuery());
  const [tag, setTag] = useState<string>();
  const byHand = (tags.data?.items ?? []).filter((one) => one.mode === 'static' && !one.archived_at);
  const apply = useMutation({
    mutationFn: () => applyTag(tag ?? '', customers),
    onSuccess: (done) => {
      void fresh();
      offerUndo(t('tag.applied', { people: format.exact(done.people), outside: format.exact(done.outside) }), async () => {
        await undoBatch(done.batch);
        await fresh();
      });
      onClose();
      onDone();
    },
  });
  return (
    <Modal open title={t('tag.apply')} onCancel={onClose} okText={t('tag.apply')} okButtonProps={{ disabled: !tag }} confirmLoading={apply.isPending} onOk={() => apply.mutate()}>
      <p className="dim" style={{ marginBottom: 8 }}>{t('tag.text', { count: customers.length, shown: format.exact(customers.length) })}</p>
      <Select aria-label={t('tags.title')} placeholder={t('tags.title')} value={tag} onChange={setTag} loading={tags.isPending} showSearch={{ optionFilterProp: 'label' }} style={{ width: '100%' }}
        options={byHand.map((one) => ({ value: one.id, label: one.group_name ? `${one.group_name} / ${one.name}` : one.name }))} notFoundContent={t('tags.none')} />
      {(tags.error ?? apply.error) && <ErrorBox error={tags.error ?? apply.error} />}
    </Modal>
  );
}
