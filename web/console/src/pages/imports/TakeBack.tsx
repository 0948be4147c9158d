import type { ImportItem } from 'api/contract.ts';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { useStart } from './start.ts';
import { askFrom } from './state.ts';

// Takes the import back whole. From so many rows on the number is typed, not clicked.
export function TakeBack({ item }: { item: ImportItem }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const start = useStart(item.id, 'take-back');
  const rows = item.counts.fresh + item.counts.updated;
  if (item.state !== 'done') return null;
  const sure = rows < askFrom || typed.replaceAll(',', '').trim() === String(rows);
  return (
    <>
      <Button danger onClick={() => setAsking(true)}>{t('takeBack.button')}</Button>
      <Modal open={asking} title={t('takeBack.title')} okText={t('takeBack.button')} okButtonProps={{ danger: true, disabled: !sure }}
        confirmLoading={start.isPending} onCancel={() => setAsking(false)}
        onOk={() => start.mutate(undefined, { onSuccess: () => setAsking(false) })}>
        <p style={{ marginBottom: 12 }}>{t('takeBack.text', { count: rows, shown: format.exact(rows), name: item.name })}</p>
        {rows >= askFrom && (
          <label>
            <div className="dim">{t('takeBack.type', { shown: format.exact(rows) })}</div>
            <Input value={typed} onChange={(event) => setTyped(event.target.value)} inputMode="numeric" />
          </label>
        )}
        {start.error && <ErrorBox error={start.error} />}
      </Modal>
    </>
  );
}
