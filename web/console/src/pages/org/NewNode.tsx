import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import type { NodeItem, NodeKind } from 'api/contract.ts';
import { Form, Input, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';

interface Fields { parent: string; kind: NodeKind; code: string; name: string }
const kinds: NodeKind[] = ['region', 'city', 'store', 'team', 'partner', 'online'];

export function NewNode({ nodes, parent, onClose }: { nodes: NodeItem[]; parent: string; onClose: () => void }) {
  const { t } = useTranslation('org');
  const [form] = Form.useForm<Fields>();
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: (fields: Fields) => body(api.POST('/api/v1/org/nodes', { body: fields })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['org'] });
      onClose();
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
    <Modal open title={t('node.new')} okText={t('make')} confirmLoading={make.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => make.mutate(fields)}
        initialValues={{ parent: parent || nodes.find((node) => !node.parent)?.id, kind: 'store' }}>
        <Form.Item name="parent" label={t('node.parent')} rules={needed}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={nodes.map((node) => ({ value: node.id, label: node.name }))} />
        </Form.Item>
        <Form.Item name="kind" label={t('node.kind')} rules={needed}>
          <Select options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))} />
        </Form.Item>
        <Form.Item name="code" label={t('node.code')} rules={needed}><Input maxLength={80} /></Form.Item>
        <Form.Item name="name" label={t('node.name')} rules={needed}><Input maxLength={80} /></Form.Item>
      </Form>
      {shown && <ErrorBox error={shown} />}
    </Modal>
  );
}
