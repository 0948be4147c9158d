// What joins people, per kind of identity. A change is tried on history first; only then it can be saved.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { RuleView, TrialView } from 'api/contract.ts';
import { App, Button, Input, InputNumber, Modal, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';

export default function Rules() {
  const { t } = useTranslation('identity');
  const { t: word } = useTranslation('customers');
  const format = useFormat();
  const mayChange = useMay('customer.rules');
  const [editing, setEditing] = useState<RuleView>();
  const query = useQuery({
    queryKey: ['identity-rules'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/identity-rules', { signal })),
  });
  return (
    <div className="page">
      <PageHeader title={t('rules.title')} sub={t('rules.sub')} />
      <section className="card scroll-x">
        <Loaded query={query} rows={10}>
          {({ items }) => (
            <table className="plain">
              <thead><tr><th>{t('rules.kind')}</th><th>{t('rules.joins')}</th><th>{t('rules.perPerson')}</th><th>{t('rules.blocked')}</th><th>{t('rules.state')}</th><ActionsHead /></tr></thead>
              <tbody>
                {items.map((rule) => (
                  <tr key={rule.kind}>
                    <td>{word(`kind.${rule.kind}`)}</td>
                    <td>{rule.joins ? <Tag tone="active">{t('rules.strong')}</Tag> : <Tag>{t('rules.weak')}</Tag>}</td>
                    <td>{rule.per_person === 0 ? t('rules.any') : format.exact(rule.per_person)}</td>
                    <td>{rule.blocked.length === 0 ? '–' : <span className="mono">{rule.blocked.join('  ')}</span>}</td>
                    <td>{rule.is_default ? <span className="dim">{t('rules.default')}</span> : <Tag tone="progress">{t('rules.changed')}</Tag>}</td>
                    <td>{mayChange && <Button size="small" onClick={() => setEditing(rule)}>{t('rules.edit')}</Button>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Loaded>
      </section>
      {editing && <Edit rule={editing} onClose={() => setEditing(undefined)} />}
    </div>
  );
}

function Edit({ rule, onClose }: { rule: RuleView; onClose: () => void }) {
  const { t } = useTranslation('identity');
  const { t: word } = useTranslation('customers');
  const { message } = App.useApp();
  const client = useQueryClient();
  const [joins, setJoins] = useState(rule.joins);
  const [limit, setLimit] = useState(rule.per_person);
  const [blocked, setBlocked] = useState(rule.blocked.join('\n'));
  const wanted = {
    joins, per_person: joins ? limit : 0,
    blocked: blocked.split('\n').map((line) => line.trim()).filter(Boolean),
  };
  const drafted = JSON.stringify(wanted);
  const attempt = useMutation({
    mutationFn: async () => ({ drafted, ...(await body(api.POST('/api/v1/identity-rules/try', { body: { kind: rule.kind, ...wanted } }))) }),
  });
  const save = useMutation({
    mutationFn: () => body(api.PUT('/api/v1/identity-rules', { body: { kind: rule.kind, ...wanted } })),
    onSuccess: () => {
      void message.success(t('rules.saved'));
      void client.invalidateQueries({ queryKey: ['identity-rules'] });
      onClose();
    },
  });
  const tried = attempt.data?.drafted === drafted ? attempt.data : undefined;
  const phone = rule.kind === 'phone';
  return (
    <Modal open title={t('rules.editTitle', { kind: word(`kind.${rule.kind}`) })} onCancel={onClose} footer={[
      <Button key="try" loading={attempt.isPending} onClick={() => attempt.mutate()}>{t('rules.try')}</Button>,
      <Button key="save" type="primary" disabled={!tried} loading={save.isPending} onClick={() => save.mutate()}>{t('rules.save')}</Button>,
    ]}>
      <div className="stack">
        <label className="row"><span className="grow">{t('rules.joinsText')}</span><Switch checked={joins} disabled={phone} onChange={setJoins} /></label>
        <label className="row">
          <span className="grow">{t('rules.limitText')}</span>
          <InputNumber min={0} max={100} value={joins ? limit : 0} disabled={phone || !joins} onChange={(value) => setLimit(value ?? 0)} />
        </label>
        <label>
          <span className="dim">{t('rules.blockedText')}</span>
          <Input.TextArea value={blocked} autoSize={{ minRows: 2, maxRows: 8 }} placeholder="0000*" onChange={(event) => setBlocked(event.target.value)} style={{ marginTop: 4 }} />
        </label>
        {phone && <p className="small dim">{t('rules.phone')}</p>}
        {tried && <Trial trial={tried} />}
        {(attempt.error ?? save.error) && <ErrorBox error={attempt.error ?? save.error} />}
      </div>
    </Modal>
  );
}

function Trial({ trial }: { trial: TrialView }) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const facts: [string, number, number][] = [
    [t('rules.undone'), trial.links_undone, trial.links],
    [t('rules.made'), trial.links_made, trial.conflicts],
    [t('rules.refused'), trial.blocked, trial.identities],
  ];
  return (
    <div className="card" style={{ padding: 12 }} role="status">
      <div className="small dim" style={{ marginBottom: 4 }}>{t('rules.trial')}</div>
      {facts.map(([label, part, whole]) => (
        <div key={label} className="row"><span className="grow">{label}</span><span className="strong">{format.exact(part)}</span><span className="dim">/ {format.exact(whole)}</span></div>
      ))}
      <p className="small dim" style={{ marginTop: 8 }}>{t('rules.future')}</p>
    </div>
  );
}
