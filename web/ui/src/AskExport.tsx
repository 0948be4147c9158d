// A file over the limit of one's role: which limit it is, and the way to an approver with a reason.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Input, Modal } from 'antd';
import { api, body, type ApiProblem } from 'api/client.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from './states.tsx';

export default function AskExport({ problem, id, onClose }: { problem: ApiProblem; id: string; onClose: () => void }) {
  const { t } = useTranslation('ui');
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const rule = problem.errors[0]?.rule;
  const open = rule === 'too_many_people' || rule === 'too_many_files';
  const ask = useMutation({
    mutationFn: () => body(api.POST('/api/v1/exports/{id}/ask', { params: { path: { id } }, body: { reason: reason.trim() } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['exports'] }),
  });
  const fits = reason.trim().length >= 2;
  return (
    <Modal open title={t('export.limit')} onCancel={onClose} okText={ask.isSuccess || !open ? t('export.close') : t('export.ask')} confirmLoading={ask.isPending}
      okButtonProps={{ disabled: open && !ask.isSuccess && !fits }} onOk={() => (open && !ask.isSuccess ? ask.mutate() : onClose())}>
      <div className="stack">
        {problem.errors.map((one) => <p key={one.rule} style={{ margin: 0 }}><span className="strong">{one.reason}</span><br /><span className="dim">{one.remedy}</span></p>)}
        {ask.isSuccess && <p role="status" style={{ margin: 0, color: 'var(--ok)' }}>{t('export.asked')}</p>}
        {open && !ask.isSuccess && (
          <label>
            <span className="dim">{t('export.reason')}</span>
            <Input.TextArea value={reason} maxLength={200} showCount autoSize={{ minRows: 2 }} placeholder={t('export.reasonHint')} onChange={(event) => setReason(event.target.value)} style={{ marginTop: 4, marginBottom: 16 }} />
          </label>
        )}
        {ask.error && <ErrorBox error={ask.error} />}
        <a href="/exports">{t('export.page')}</a>
      </div>
    </Modal>
  );
}
