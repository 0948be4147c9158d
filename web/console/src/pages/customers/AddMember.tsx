// A customer found by key, or a child or a pet who is none. A child needs its guardian's consent: the text that was shown,
// and how it was agreed to.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Checkbox, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from 'ui/states.tsx';
import { PickPerson } from './PickPerson.tsx';

const kRelations = ['spouse', 'child', 'parent', 'sibling', 'grandparent', 'grandchild', 'pet', 'other'] as const;
type Relation = (typeof kRelations)[number];

export function AddMember({ id, customer: given, onClose }: { id: string; customer?: string | undefined; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const client = useQueryClient();
  const [relation, setRelation] = useState<Relation>(given ? 'spouse' : 'child');
  const [customer, setCustomer] = useState(given);
  const [name, setName] = useState('');
  const [version, setVersion] = useState('');
  const [how, setHow] = useState('');
  const [birthDate, setBirthDate] = useState(false);
  const dependant = !customer && (relation === 'child' || relation === 'pet');
  const minor = dependant && relation === 'child';
  const ready = customer ? relation !== 'pet' : dependant && (!minor || (version.trim() !== '' && how.trim() !== ''));
  const add = useMutation({
    mutationFn: () => body(api.POST('/api/v1/customers/{id}/household', {
      params: { path: { id } },
      body: {
        relation,
        ...(customer && { customer }),
        ...(dependant && name.trim() && { name: name.trim() }),
        ...(minor && { consent: { text_version: version.trim(), how: how.trim(), birth_date: birthDate } }),
      },
    })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['customer'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('household.add')} onCancel={onClose} okText={t('household.add')} confirmLoading={add.isPending}
      okButtonProps={{ disabled: !ready }} onOk={() => add.mutate()}>
      <div className="stack">
        <label>
          <span className="dim">{t('household.relationTo')}</span>
          <Select<Relation> aria-label={t('household.relationTo')} style={{ width: '100%' }} value={relation} onChange={setRelation}
            options={kRelations.map((value) => ({ value, label: t(`household.relation.${value}`) }))} />
        </label>
        {dependant && (
          <label>
            <span className="dim">{t('household.name')}</span>
            <Input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
          </label>
        )}
        {minor && (
          <>
            <p className="small dim">{t('household.consentText')}</p>
            <label>
              <span className="dim">{t('household.version')}</span>
              <Input value={version} maxLength={80} onChange={(event) => setVersion(event.target.value)} />
            </label>
            <label>
              <span className="dim">{t('household.how')}</span>
              <Input value={how} maxLength={200} placeholder={t('household.howHint')} onChange={(event) => setHow(event.target.value)} />
            </label>
            <Checkbox checked={birthDate} onChange={(event) => setBirthDate(event.target.checked)}>{t('household.birthDate')}</Checkbox>
          </>
        )}
        {!given && relation !== 'pet' && (
          <div>
            <span className="dim">{t(dependant ? 'household.orCustomer' : 'household.customer')}</span>
            <PickPerson value={customer} onChange={setCustomer} />
          </div>
        )}
        {add.error && <ErrorBox error={add.error} />}
      </div>
    </Modal>
  );
}
