import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import type { NodeItem } from 'api/contract.ts';
import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { Secret } from '../sources/Secret.tsx';
import { rolesQuery } from './queries.ts';

interface Fields { name: string; login: string; node: string; role: string }

export function NewStaff({ nodes, node, onClose }: { nodes: NodeItem[]; node: string; onClose: () => void }) {
  const { t } = useTranslation('org');
  const format = useFormat();
  const [form] = Form.useForm<Fields>();
  const client = useQueryClient();
  const { data: roles } = useQuery(rolesQuery);
  const [password, setPassword] = useState('');
  const make = useMutation({
    gcTime: 0,
    mutationFn: (fields: Fields) => body(api.POST('/api/v1/staff', { body: fields })),
    onSuccess: (made) => {
      setPassword(made.one_time_password);
      void client.invalidateQueries({ queryKey: ['staff'] });
    },
    onError: (error) => {
      if (error instanceof ApiProblem) {
        form.setFields(error.errors.map((one) => ({ name: one.field as keyof Fields, errors: [[one.reason, one.remedy].filter(Boolean).join(' · ')] })));
      }
    },
  });
  const shown = make.error instanceof ApiProblem && make.error.errors.length > 0 ? undefined : make.error;
  const needed = [{ required: true, message: t('needed') }];
  return (
    <Modal open title={t('staff.new')} onCancel={onClose} mask={{ closable: false }}
      footer={password ? <Button type="primary" onClick={onClose}>{t('staff.kept')}</Button>
        : <Button type="primary" loading={make.isPending} onClick={() => form.submit()}>{t('make')}</Button>}>
      {password ? <Secret value={password} text={t('staff.once')} /> : (
        <>
          <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => make.mutate(fields)}
            initialValues={{ node: node || nodes.find((one) => !one.parent)?.id }}>
            <Form.Item name="name" label={t('staff.name')} rules={needed}><Input autoFocus maxLength={40} /></Form.Item>
            <Form.Item name="login" label={t('staff.login')} rules={[...needed, { min: 2, message: t('staff.loginRule') }]}><Input maxLength={64} autoComplete="off" /></Form.Item>
            <Form.Item name="node" label={t('staff.node')} rules={needed}>
              <Select showSearch={{ optionFilterProp: 'label' }} options={nodes.map((one) => ({ value: one.id, label: one.name }))} />
            </Form.Item>
            <Form.Item name="role" label={t('staff.role')} rules={needed}>
              <Select options={roles?.items.map((one) => ({ value: one.id, label: format.pick(one.name_zh, one.name_en) }))} />
            </Form.Item>
          </Form>
          {shown && <ErrorBox error={shown} />}
        </>
      )}
    </Modal>
  );
}
