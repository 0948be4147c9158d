// How the customers of this person came together and apart: rule, source, reason, date. A link can be undone, and the
// undoing again.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { CustomerView, LinkView } from 'api/contract.ts';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { Graph } from '../identity/Graph.tsx';
import { ReasonField, reasonFits } from './ReasonField.tsx';
import { useSourceName } from './source.ts';

export function Links({ customer }: { customer: CustomerView }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const mayMerge = useMay('customer.merge');
  const sourceName = useSourceName();
  const [undoing, setUndoing] = useState<LinkView>();
  const query = useQuery({
    queryKey: ['customer', customer.id, 'links'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}/links', { params: { path: { id: customer.id } }, signal })),
  });
  return (
    <section className="card scroll-x">
      <Loaded query={query} rows={3}>
        {({ items }) => items.length === 0 ? <Empty title={t('links.none')}>{t('links.noneText')}</Empty> : (
          <>
          <Graph customer={customer} links={items} />
          <table className="plain">
            <thead><tr><th>{t('links.when')}</th><th>{t('links.who')}</th><th>{t('links.rule')}</th><th>{t('links.source')}</th><th>{t('links.reason')}</th><th>{t('links.state')}</th><ActionsHead /></tr></thead>
            <tbody>
              {items.map((link) => (
                <tr key={link.number}>
                  <td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(link.at)}</td>
                  <td><span className="row tight"><CopyId id={link.a} /> + <CopyId id={link.b} /></span></td>
                  <td>{ruleName(link.rule, t)}</td>
                  <td>{sourceName(link.source)}</td>
                  <td>{link.reason || '–'}</td>
                  <td>{link.undone ? <Tag title={format.dateTime(link.undone_at)}>{t('links.undone')}</Tag> : <Tag tone="active">{t('links.stands')}</Tag>}</td>
                  <td>{mayMerge && !link.undone && <Button size="small" onClick={() => setUndoing(link)}>{t('links.undo')}</Button>}</td>
                </tr>
              ))}
            </tbody>
          </table>
          </>
        )}
      </Loaded>
      {undoing && <Undo link={undoing} onClose={() => setUndoing(undefined)} />}
    </section>
  );
}

const rules = ['same_record', 'identify', 'alias', 'manual', 'detach'] as const;
export function ruleName(rule: string, t: ReturnType<typeof useTranslation<'customers'>>['t']): string {
  const known = rules.find((one) => one === rule);
  return known ? t(`links.rules.${known}`) : rule;
}

function Undo({ link, onClose }: { link: LinkView; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const offerUndo = useUndo();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const undo = useMutation({
    mutationFn: () => body(api.POST('/api/v1/links/{number}/unmerge', { params: { path: { number: link.number } }, body: { reason: reason.trim() } })),
    onSuccess: () => {
      const fresh = () => client.invalidateQueries({ queryKey: ['customer'] });
      void fresh();
      offerUndo(t('links.done'), async () => {
        await body(api.POST('/api/v1/links/merge', { body: { a: link.a, b: link.b, reason: t('undo.reason') } }));
        await fresh();
      });
      onClose();
    },
  });
  return (
    <Modal open title={t('links.undoTitle')} onCancel={onClose} okText={t('links.undo')} confirmLoading={undo.isPending}
      okButtonProps={{ disabled: !reasonFits(reason) }} onOk={() => undo.mutate()}>
      <p style={{ marginBottom: 12 }}>{t('links.undoText')}</p>
      <ReasonField value={reason} onChange={setReason} />
      {undo.error && <ErrorBox error={undo.error} />}
    </Modal>
  );
}
