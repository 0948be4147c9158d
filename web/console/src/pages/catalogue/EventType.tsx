// One declaration: the event's name and its fields with kind, whether they must be there, and whether they are personal.
import { useMutation } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { EventTypeShown, ValueKind } from 'api/contract.ts';
import { Button, Checkbox, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';

const kinds = ['text', 'number', 'bool', 'time', 'list', 'any'] as const satisfies readonly ValueKind[];

export function EventType({ of, onClose }: { of: EventTypeShown; onClose: () => void }) {
  const { t } = useTranslation('inlets');
  const [name, setName] = useState(of.name);
  const [title, setTitle] = useState(of.title);
  const [fields, setFields] = useState(of.fields);
  const put = useMutation({
    mutationFn: () => body(api.POST('/api/v1/catalogue/types', { body: { name: name.trim(), title: title.trim() || undefined, fields: fields.filter((one) => one.name.trim() !== '') } })),
    onSuccess: onClose,
  });
  const remove = useMutation({ mutationFn: () => body(api.POST('/api/v1/catalogue/remove', { body: { name: of.name } })), onSuccess: onClose });
  const change = (at: number, part: Partial<EventTypeShown['fields'][number]>) => setFields(fields.map((one, index) => index === at ? { ...one, ...part } : one));
  const error = put.error ?? remove.error;
  return (
    <Modal open width={680} title={of.declared ? t('catalogue.change') : t('catalogue.new')} onCancel={onClose} mask={{ closable: false }} footer={(
      <>
        {of.declared && <Button danger loading={remove.isPending} onClick={() => remove.mutate()}>{t('catalogue.remove')}</Button>}
        <Button type="primary" disabled={!name.trim()} loading={put.isPending} onClick={() => put.mutate()}>{t('catalogue.save')}</Button>
      </>
    )}>
      <div className="stack">
        <label><div className="dim">{t('catalogue.name')}</div><Input autoFocus={!of.name} disabled={of.declared} value={name} maxLength={200} onChange={(event) => setName(event.target.value)} /></label>
        <label><div className="dim">{t('catalogue.label')}</div><Input value={title} maxLength={80} onChange={(event) => setTitle(event.target.value)} /></label>
        {fields.map((field, at) => (
          <div key={at} className="row">
            <Input aria-label={t('catalogue.field')} value={field.name} maxLength={100} style={{ width: 180 }} onChange={(event) => change(at, { name: event.target.value })} />
            <Select aria-label={t('catalogue.kind')} value={field.kind} style={{ width: 110 }} onChange={(kind: ValueKind) => change(at, { kind })} options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))} />
            <Checkbox checked={field.required} onChange={(event) => change(at, { required: event.target.checked })}>{t('catalogue.required')}</Checkbox>
            <Checkbox checked={field.personal} onChange={(event) => change(at, { personal: event.target.checked })}>{t('catalogue.personal')}</Checkbox>
            <Button size="small" onClick={() => setFields(fields.filter((_, index) => index !== at))}>{t('catalogue.less')}</Button>
          </div>
        ))}
        <div><Button size="small" disabled={fields.length >= 100} onClick={() => setFields([...fields, { name: '', kind: 'any', required: false, personal: false }])}>{t('catalogue.more')}</Button></div>
        {error && <ErrorBox error={error} />}
      </div>
    </Modal>
  );
}
