// How long each class of personal data is kept and why, what would go next, and the receipts of what went.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { RetentionItem, RetentionReceiptItem, RetentionReply } from 'api/contract.ts';
import { Button, InputNumber, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';

const key = ['retention'];

export function Retention() {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => body(api.GET('/api/v1/retention', { signal })) });
  const next = query.data?.next_look;
  return (
    <>
      <PageHeader title={t('retention.title')} sub={next && t('retention.next', { at: format.dateTime(next) })} />
      <Loaded query={query} rows={6}>{(data) => <div className="stack"><Classes data={data} /><Receipts data={data} /></div>}</Loaded>
    </>
  );
}

function useClassName(): (one: { zh: string; en: string }) => string {
  const { i18n } = useTranslation();
  return (one) => (i18n.language.startsWith('zh') ? one.zh : one.en);
}

function Classes({ data }: { data: RetentionReply }) {
  const { t, i18n } = useTranslation('privacy');
  const format = useFormat();
  const nameOf = useClassName();
  const mayWrite = useMay('setting.write');
  const [changing, setChanging] = useState<RetentionItem>();
  return (
    <section className="card scroll-x">
      <table className="plain">
        <thead><tr><th>{t('retention.class')}</th><th className="num">{t('retention.days')}</th><th className="num">{t('retention.due')}</th><th>{t('retention.taken')}</th><th>{t('retention.basis')}</th><ActionsHead /></tr></thead>
        <tbody>{data.items.map((one) => (
          <tr key={one.name}>
            <td>{nameOf(one)}<div className="small dim">{one.reduces ? t('retention.reduce') : t('retention.delete')}</div></td>
            <td className="num">{format.exact(one.days)}<div className="small dim" style={{ whiteSpace: 'nowrap' }}>{t('retention.range', { min: format.exact(one.days_min), max: format.exact(one.days_max) })}</div></td>
            <td className="num">{format.exact(one.due)}</td>
            <td style={{ whiteSpace: 'nowrap' }}>{one.taken_at ? `${format.exact(one.taken)} · ${format.dateTime(one.taken_at)}` : '–'}</td>
            <td className="small dim" style={{ minWidth: 200 }}>{i18n.language.startsWith('zh') ? one.basis_zh : one.basis_en}</td>
            <td>{mayWrite && <Button size="small" onClick={() => setChanging(one)}>{t('retention.change')}</Button>}</td>
          </tr>
        ))}</tbody>
      </table>
      <p className="small dim" style={{ padding: '8px 16px' }}>{t('retention.events')}</p>
      {changing && <Change item={changing} onClose={() => setChanging(undefined)} />}
    </section>
  );
}

function Change({ item, onClose }: { item: RetentionItem; onClose: () => void }) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  const nameOf = useClassName();
  const offerUndo = useUndo();
  const client = useQueryClient();
  const [days, setDays] = useState(item.days);
  const fits = days >= item.days_min && days <= item.days_max;
  const preview = useQuery({
    queryKey: [...key, item.name, days],
    enabled: fits,
    queryFn: ({ signal }) => body(api.GET('/api/v1/retention/{name}/preview', { params: { path: { name: item.name }, query: { days } }, signal })),
  });
  const put = (to: number) => body(api.PUT('/api/v1/retention/{name}', { params: { path: { name: item.name } }, body: { days: to } }));
  const save = useMutation({
    mutationFn: () => put(days),
    onSuccess: () => {
      const fresh = () => client.invalidateQueries({ queryKey: key });
      void fresh();
      offerUndo(t('retention.saved'), async () => {
        await put(item.days);
        await fresh();
      });
      onClose();
    },
  });
  return (
    <Modal open title={nameOf(item)} onCancel={onClose} okText={t('retention.save')} confirmLoading={save.isPending}
      okButtonProps={{ disabled: !fits || days === item.days }} onOk={() => save.mutate()}>
      <div className="stack">
        <label><span className="dim">{t('retention.days')}</span>{' '}
          <InputNumber value={days} min={item.days_min} max={item.days_max} precision={0} onChange={(value) => setDays(value ?? 0)} />
          {' '}<span className="small dim">{t('retention.range', { min: format.exact(item.days_min), max: format.exact(item.days_max) })}</span>
        </label>
        {preview.data && <p>{t('retention.preview', { days, count: preview.data.rows, now: format.exact(preview.data.rows_now) })}</p>}
        {(save.error ?? preview.error) && <ErrorBox error={save.error ?? preview.error} />}
      </div>
    </Modal>
  );
}

function Receipts({ data }: { data: RetentionReply }) {
  const { t } = useTranslation('privacy');
  const format = useFormat();
  const nameOf = useClassName();
  const title = (one: RetentionReceiptItem) => {
    const known = data.items.find((item) => item.name === one.name);
    return known ? nameOf(known) : one.name;
  };
  return (
    <Card title={t('retention.receipts')} flush>
      {data.receipts.length === 0 ? <Empty title={t('retention.none')}>{t('retention.noneText')}</Empty> : (
        <div className="scroll-x"><table className="plain">
          <thead><tr><th className="num">{t('retention.number')}</th><th>{t('retention.class')}</th><th className="num">{t('retention.rows')}</th><th className="num">{t('retention.days')}</th><th>{t('retention.before')}</th><th>{t('retention.at')}</th></tr></thead>
          <tbody>{data.receipts.map((one) => (
            <tr key={one.number}><td className="num">{format.exact(one.number)}</td><td>{title(one)}</td><td className="num">{format.exact(one.rows)}</td><td className="num">{format.exact(one.days)}</td><td>{format.dateTime(one.before)}</td><td>{format.dateTime(one.at)}</td></tr>
          ))}</tbody>
        </table></div>
      )}
    </Card>
  );
}
