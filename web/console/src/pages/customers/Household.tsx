// Who belongs together with this person, and the moments of their lives. Adding a child asks for the guardian's consent.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { HouseholdView } from 'api/contract.ts';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { Reveal } from 'ui/Reveal.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { AddMember } from './AddMember.tsx';
import { AddMilestone } from './AddMilestone.tsx';
import { ReasonField, reasonFits } from './ReasonField.tsx';
import { revealField } from './reveal.ts';

type Member = HouseholdView['members'][number];
type Shown = (shown: boolean) => void;

export function Household({ id, onShown }: { id: string; onShown: Shown }) {
  const { t } = useTranslation('customers');
  const mayWrite = useMay('customer.write');
  const [adding, setAdding] = useState<{ customer?: string }>();
  const query = useQuery({
    queryKey: ['customer', id, 'household'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}/household', { params: { path: { id } }, signal })),
  });
  const add = mayWrite && <Button onClick={() => setAdding({})}>{t('household.add')}</Button>;
  return (
    <div className="stack">
      <Card title={t('tab.household')} flush extra={query.data && query.data.members.length > 0 ? add : undefined}>
        <Loaded query={query} rows={3}>
          {({ members }) => members.length === 0 ? <Empty title={t('household.none')} actions={add}>{t('household.noneText')}</Empty> : (
            <ul className="cards">{members.map((one) => <MemberRow key={one.number} member={one} here={id} onShown={onShown} />)}</ul>
          )}
        </Loaded>
      </Card>
      {query.data && query.data.likely.length > 0 && (
        <Card title={t('household.likely')}>
          <p className="small dim" style={{ marginBottom: 8 }}>{t('household.likelyText')}</p>
          {query.data.likely.map((one) => (
            <div key={one.customer} className="row">
              <Link to={`/customers/${one.customer}`}>{one.name_masked || t('noName')}</Link>
              {mayWrite && <Button size="small" onClick={() => setAdding({ customer: one.customer })}>{t('household.add')}</Button>}
            </div>
          ))}
        </Card>
      )}
      {adding && <AddMember id={id} customer={adding.customer} onClose={() => setAdding(undefined)} />}
    </div>
  );
}

function MemberRow({ member, here, onShown }: { member: Member; here: string; onShown: Shown }) {
  const { t } = useTranslation('customers');
  const mayWrite = useMay('customer.write');
  const mayReveal = useMay('customer.reveal');
  const [asked, setAsked] = useState<'milestone' | 'remove'>();
  const { name_field: field, keeper } = member;
  const name = member.name_masked || t('noName');
  return (
    <li className="row" style={{ padding: '12px 16px' }}>
      <span className="grow">
        <span className="row tight">
          <Tag tone={member.relation === 'head' ? 'active' : 'neutral'}>{t(`household.relation.${member.relation}`)}</Tag>
          {member.customer && (member.customer === here ? <span>{name}</span> : <Link to={`/customers/${member.customer}`}>{name}</Link>)}
          {!member.customer && (field && mayReveal
            ? <Reveal masked={member.name_masked} label={t('household.name')} onShown={onShown} reveal={(reason) => revealField(keeper, field, reason)} />
            : name)}
          <Milestones member={member} onShown={onShown} />
        </span>
        <Consent member={member} />
      </span>
      {mayWrite && (
        <span className="row tight">
          <Button size="small" onClick={() => setAsked('milestone')}>{t('household.milestone')}</Button>
          {member.relation !== 'head' && <Button size="small" onClick={() => setAsked('remove')}>{t('household.remove')}</Button>}
        </span>
      )}
      {asked === 'milestone' && <AddMilestone member={member.number} onClose={() => setAsked(undefined)} />}
      {asked === 'remove' && <Remove member={member} onClose={() => setAsked(undefined)} />}
    </li>
  );
}

function Milestones({ member, onShown }: { member: Member; onShown: Shown }) {
  const { t } = useTranslation('customers');
  const mayReveal = useMay('customer.reveal');
  return member.milestones.map((one) => {
    const kind = one.kind === 'birth' || one.kind === 'school_start' ? t(`household.kind.${one.kind}`) : one.kind;
    return (
      <span key={one.number} style={{ whiteSpace: 'nowrap' }}>
        <span className="dim">{kind}</span>{' '}
        {one.precise && mayReveal
          ? <Reveal masked={one.month} label={kind} onShown={onShown} reveal={(reason) => revealField(member.keeper, one.field, reason)} />
          : one.month}
      </span>
    );
  });
}

function Consent({ member: { consent } }: { member: Member }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  if (!consent) return null;
  return (
    <div className="small dim" title={consent.text_version}>
      {t(consent.birth_date ? 'household.consentDay' : 'household.consentMonth', { day: format.day(consent.at), how: consent.how })}
    </div>
  );
}

function Remove({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation('customers');
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const remove = useMutation({
    mutationFn: () => body(api.POST('/api/v1/household-members/{number}/remove', { params: { path: { number: member.number } }, body: { reason: reason.trim() } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['customer'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('household.remove')} onCancel={onClose} okText={t('household.remove')} confirmLoading={remove.isPending}
      okButtonProps={{ disabled: !reasonFits(reason) }} onOk={() => remove.mutate()}>
      <p style={{ marginBottom: 12 }}>{t(member.customer ? 'household.removeCustomer' : 'household.removeKept')}</p>
      <ReasonField value={reason} onChange={setReason} />
      {remove.error && <ErrorBox error={remove.error} />}
    </Modal>
  );
}
