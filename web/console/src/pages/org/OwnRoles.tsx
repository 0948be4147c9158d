// Roles of one's own: made as copies, removed when nobody holds them; what a role demands at sign-in.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { RoleItem } from 'api/contract.ts';
import { App, Button, Checkbox, Form, Input, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';

interface Fields { name: string; copy_of?: string }

export function NewRole({ roles, onClose }: { roles: RoleItem[]; onClose: () => void }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const make = useMutation({
    mutationFn: (fields: Fields) => body(api.POST('/api/v1/roles', { body: fields })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['roles'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('roles.new')} okText={t('make')} confirmLoading={make.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => make.mutate(fields)}>
        <Form.Item name="name" label={t('roles.name')} rules={[{ required: true, message: t('needed') }]}><Input maxLength={40} autoFocus /></Form.Item>
        <Form.Item name="copy_of" label={t('roles.copyOf')}>
          <Select allowClear options={roles.map((role) => ({ value: role.id, label: format.pick(role.name_zh, role.name_en) }))} />
        </Form.Item>
      </Form>
      {make.error && <ErrorBox error={make.error} />}
    </Modal>
  );
}

// Rows above the rights: whether a second factor is demanded, how many hold the role, and removing it.
export function Demands({ roles }: { roles: RoleItem[] }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const mayWrite = useMay('role.write');
  const { message } = App.useApp();
  const client = useQueryClient();
  const after = { onError: (error: Error) => void message.error(error.message), onSettled: () => client.invalidateQueries({ queryKey: ['roles'] }) };
  const set = useMutation({
    mutationFn: ({ id, on }: { id: string; on: boolean }) => body(api.PATCH('/api/v1/roles/{id}', { params: { path: { id } }, body: { second_factor: on } })),
    ...after,
  });
  const remove = useMutation({ mutationFn: (id: string) => body(api.DELETE('/api/v1/roles/{id}', { params: { path: { id } } })), ...after });
  const centre = { textAlign: 'center' as const };
  return (
    <>
      <tr>
        <td>{t('roles.holders')}</td>
        {roles.map((role) => (
          <td key={role.id} style={centre}>
            {role.holders}
            {role.own && role.holders === 0 && mayWrite && <Button type="link" size="small" loading={remove.isPending && remove.variables === role.id} onClick={() => remove.mutate(role.id)}>{t('roles.remove')}</Button>}
          </td>
        ))}
      </tr>
      <tr>
        <td>{t('roles.factor')}</td>
        {roles.map((role) => (
          <td key={role.id} style={centre}>
            <Checkbox checked={role.second_factor} disabled={!mayWrite || (set.isPending && set.variables.id === role.id)}
              aria-label={t('roles.cell', { role: format.pick(role.name_zh, role.name_en), permission: t('roles.factor') })}
              onChange={(event) => set.mutate({ id: role.id, on: event.target.checked })} />
          </td>
        ))}
      </tr>
    </>
  );
}
