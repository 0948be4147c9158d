import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { App, Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { rolesQuery } from '../org/queries.ts';
import { Secret } from './Secret.tsx';

export function Keys() {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const { modal } = App.useApp();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const query = useQuery({ queryKey: ['api-keys'], queryFn: ({ signal }) => body(api.GET('/api/v1/api-keys', { signal })) });
  const revoke = useMutation({
    mutationFn: (id: string) => body(api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['api-keys'] }),
  });
  return (
    <Card title={t('tab.keys')} flush extra={<Button size="small" onClick={() => setMaking(true)}>{t('key.new')}</Button>}>
      {revoke.error && <ErrorBox error={revoke.error} />}
      <Loaded query={query} rows={4}>
        {({ items }) => items.length === 0 ? <Empty title={t('key.none')}>{t('key.noneText')}</Empty> : (
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th>{t('key.label')}</th><th>{t('key.kind')}</th><th>{t('key.permissions')}</th><th>{t('key.made')}</th><th>{t('key.state')}</th><ActionsHead /></tr></thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.id}>
                    <td><span className="row tight">{one.label}<CopyId id={one.id} /></span></td>
                    <td>{one.write_only ? t('key.write') : t('key.program')}</td>
                    <td className="small mono">{one.permissions.join(' ') || '–'}</td>
                    <td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.created_at)}</td>
                    <td>{one.revoked ? <Tag>{t('key.revoked')}</Tag> : <Tag tone="active">{t('key.valid')}</Tag>}</td>
                    <td>
                      {!one.revoked && (
                        <Button size="small" danger onClick={() => void modal.confirm({
                          title: t('key.revokeTitle', { label: one.label }), content: t('key.revokeText'), okText: t('key.revoke'),
                          okButtonProps: { danger: true }, onOk: () => revoke.mutateAsync(one.id),
                        })}>{t('key.revoke')}</Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {making && <NewKey onClose={() => setMaking(false)} />}
    </Card>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const client = useQueryClient();
  const { data: roles } = useQuery(rolesQuery);
  const [label, setLabel] = useState('');
  const [permissions, setPermissions] = useState<string[]>([]);
  const [made, setMade] = useState('');
  const make = useMutation({
    gcTime: 0,
    mutationFn: () => body(api.POST('/api/v1/api-keys', { body: { label: label.trim(), permissions } })),
    onSuccess: (reply) => {
      setMade(reply.key);
      void client.invalidateQueries({ queryKey: ['api-keys'] });
    },
  });
  return (
    <Modal open title={t('key.new')} onCancel={onClose} mask={{ closable: false }}
      footer={made ? <Button type="primary" onClick={onClose}>{t('kept')}</Button>
        : <Button type="primary" disabled={!label.trim() || permissions.length === 0} loading={make.isPending} onClick={() => make.mutate()}>{t('make')}</Button>}>
      {made ? <Secret value={made} text={t('keyOnce')} /> : (
        <div className="stack">
          <label><div className="dim">{t('key.label')}</div><Input autoFocus value={label} maxLength={80} onChange={(event) => setLabel(event.target.value)} /></label>
          <label><div className="dim">{t('key.permissions')}</div>
            <Select mode="multiple" value={permissions} onChange={setPermissions} style={{ width: '100%' }} aria-label={t('key.permissions')}
              options={roles?.permissions.map((one) => ({ value: one.name, label: `${format.pick(one.zh, one.en)} ${one.name}` }))} /></label>
          {make.error && <ErrorBox error={make.error} />}
        </div>
      )}
    </Modal>
  );
}
