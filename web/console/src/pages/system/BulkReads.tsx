// Who looked at very many people: open alarms first, each closed by somebody else with what was found.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { BulkReadItem } from 'api/contract.ts';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { Definition } from 'ui/Definition.tsx';
import { ErrorBox } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { bulkReadsQuery } from '../../queries.ts';

const shownClosed = 3;

export function BulkReads() {
  const { t } = useTranslation('system');
  const format = useFormat();
  const query = useQuery(bulkReadsQuery);
  const [closing, setClosing] = useState<BulkReadItem>();
  const all = query.data?.items ?? [];
  const open = all.filter((one) => !one.closed_at);
  const shown = [...open, ...all.filter((one) => one.closed_at).slice(0, shownClosed)];
  if (query.error) return <ErrorBox error={query.error} />;
  if (shown.length === 0) return null;
  return (
    <div style={{ marginBottom: 12 }}>
      <Card title={<Definition title={t('bulkReads.title')} content={t('bulkReads.text')}>{t('bulkReads.title')}</Definition>} label={t('bulkReads.title')} flush>
        <ul className="cards">
          {shown.map((one) => (
            <li key={one.number} className="card-row">
              <div className="row">
                <Tag tone={one.closed_at ? 'neutral' : 'danger'}>{format.dateTime(one.at)}</Tag>
                <span className="grow">{t(`bulkReads.${one.kind}`, { who: one.actor_name, count: one.people })}</span>
                {one.closed_at ? <span className="small dim">{t('bulkReads.closed', { who: one.closed_by, note: one.note })}</span>
                  : <Button size="small" onClick={() => setClosing(one)}>{t('bulkReads.close')}</Button>}
              </div>
            </li>
          ))}
        </ul>
      </Card>
      {closing && <Close alarm={closing} onClose={() => setClosing(undefined)} />}
    </div>
  );
}

function Close({ alarm, onClose }: { alarm: BulkReadItem; onClose: () => void }) {
  const { t } = useTranslation('system');
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const close = useMutation({
    mutationFn: () => body(api.POST('/api/v1/bulk-reads/{number}/close', { params: { path: { number: alarm.number } }, body: { note: note.trim() } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['bulk-reads'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('bulkReads.close')} onCancel={onClose} okText={t('bulkReads.close')} confirmLoading={close.isPending} okButtonProps={{ disabled: note.trim().length < 2 }} onOk={() => close.mutate()}>
      <div className="stack">
        <span>{t(`bulkReads.${alarm.kind}`, { who: alarm.actor_name, count: alarm.people })}</span>
        <Input.TextArea aria-label={t('bulkReads.note')} placeholder={t('bulkReads.note')} value={note} maxLength={200} showCount autoSize={{ minRows: 2 }} onChange={(event) => setNote(event.target.value)} style={{ marginBottom: 16 }} />
        {close.error && <ErrorBox error={close.error} />}
      </div>
    </Modal>
  );
}
