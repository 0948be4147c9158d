// A moment of a member's life: a month, or a day where it may be kept.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { AutoComplete, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';

const kKinds = ['birth', 'school_start'] as const;

export function AddMilestone({ member, onClose }: { member: number; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const client = useQueryClient();
  const [kind, setKind] = useState(t('household.kind.birth'));
  const [on, setOn] = useState('');
  const code = kKinds.find((one) => t(`household.kind.${one}`) === kind.trim()) ?? kind.trim();
  const add = useMutation({
    mutationFn: () => body(api.POST('/api/v1/household-members/{number}/milestones', { params: { path: { number: member } }, body: { kind: code, on: on.trim() } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['customer'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('household.milestone')} onCancel={onClose} okText={t('household.milestone')} confirmLoading={add.isPending}
      okButtonProps={{ disabled: code === '' || !/^\d{4}-\d{2}(-\d{2})?$/.test(on.trim()) }} onOk={() => add.mutate()}>
      <div className="stack">
        <label>
          <span className="dim">{t('household.what')}</span>
          <AutoComplete aria-label={t('household.what')} style={{ width: '100%' }} value={kind} maxLength={40} onChange={setKind}
            options={kKinds.map((one) => ({ value: t(`household.kind.${one}`) }))} />
        </label>
        <label>
          <span className="dim">{t('household.on')}</span>
          <Input value={on} maxLength={10} placeholder="2024-05" onChange={(event) => setOn(event.target.value)} />
        </label>
        <p className="small dim">{t('household.onText')}</p>
        {add.error && <ErrorBox error={add.error} />}
      </div>
    </Modal>
  );
}
