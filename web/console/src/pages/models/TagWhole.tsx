// A tag on everybody who is in a segment now, with the way back.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { ask, tagsQuery, undoBatch, useFresh } from '../audience/ask.ts';
import type { Assigned } from '../audience/replies.ts';

export function TagWhole({ segment, people, onClose }: { segment: string; people: number; onClose: () => void }) {
  const { t } = useTranslation('audience');
  const { t: word } = useTranslation('models');
  const format = useFormat();
  const fresh = useFresh();
  const offerUndo = useUndo();
  const tags = useQuery(tagsQuery());
  const [tag, setTag] = useState<string>();
  const byHand = (tags.data?.items ?? []).filter((one) => one.mode === 'static' && !one.archived_at);
  const apply = useMutation({
    mutationFn: () => ask<Assigned>('POST', 'tags/{id}/people', { params: { path: { id: tag ?? '' } }, body: { segment } }),
    onSuccess: (done) => {
      void fresh();
      offerUndo(t('tag.applied', { people: format.exact(done.people), outside: format.exact(done.outside) }), async () => {
        await undoBatch(done.batch);
        await fresh();
      });
      onClose();
    },
  });
  return (
    <Modal open title={word('whole.tag')} onCancel={onClose} okText={t('tag.apply')} okButtonProps={{ disabled: !tag }} confirmLoading={apply.isPending} onOk={() => apply.mutate()}>
      <p className="dim" style={{ marginBottom: 8 }}>{word('whole.text', { shown: format.exact(people) })}</p>
      <Select aria-label={t('tags.title')} placeholder={t('tags.title')} value={tag} onChange={setTag} loading={tags.isPending} showSearch={{ optionFilterProp: 'label' }} style={{ width: '100%' }}
        options={byHand.map((one) => ({ value: one.id, label: one.group_name ? `${one.group_name} / ${one.name}` : one.name }))} notFoundContent={t('tags.none')} />
      {(tags.error ?? apply.error) && <ErrorBox error={tags.error ?? apply.error} />}
    </Modal>
  );
}
