// The builder: a new segment, or a standing one's rule.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useNavigate, useParams } from 'react-router';
import { PageHeader } from 'ui/PageHeader.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { useUndo } from 'ui/undo.tsx';
import { addSegment, archive, changeSegment, segmentQuery, useFresh, type RuleInput } from './ask.ts';
import { Templates } from '../models/Templates.tsx';
import type { RuleForms, SetView } from './replies.ts';
import type { Rule } from './types.ts';
import { RuleEditor } from './RuleEditor.tsx';

export default function SegmentEdit() {
  const { id } = useParams();
  return id ? <Standing id={id} /> : <Edit item={undefined} />;
}

function Standing({ id }: { id: string }) {
  const query = useQuery(segmentQuery(id));
  return <div className={query.data ? undefined : 'page'}><Loaded query={query} rows={6}>{(item) => <Edit key={`${item.id}v${String(item.version)}`} item={item} />}</Loaded></div>;
}

function Edit({ item }: { item: SetView | undefined }) {
  const { t } = useTranslation('audience');
  const navigate = useNavigate();
  const fresh = useFresh();
  const offerUndo = useUndo();
  const [name, setName] = useState(item?.name ?? '');
  const [description, setDescription] = useState(item?.description ?? '');
  const [rule, setRule] = useState<RuleInput>();
  // A rule that another page hands over, or a template filled in, begins the builder anew.
  const given = (useLocation().state as { rule?: Rule } | null)?.rule;
  const [begun, setBegun] = useState<{ forms: RuleForms | undefined; times: number }>({ forms: item?.forms ?? (given && { rule: given, text_zh: '', text_en: '' }), times: 0 });
  const save = useMutation({
    mutationFn: async () => {
      const fields = { name: name.trim(), ...(description.trim() ? { description: description.trim() } : {}), ...rule };
      if (!item) return (await addSegment(fields)).id;
      await changeSegment(item.id, fields);
      return item.id;
    },
    onSuccess: (id) => {
      const called = name.trim();
      void fresh();
      if (item) {
        const { forms } = item;
        offerUndo(t('saved', { name: called }), async () => {
          await changeSegment(item.id, { name: item.name, description: item.description, ...(forms ? { rule: forms.rule } : {}) });
          await fresh();
        });
      } else {
        offerUndo(t('saved', { name: called }), async () => {
          await archive('segments', id);
          await fresh();
          void navigate('/segments');
        });
      }
      void navigate(`/segments/${id}`);
    },
  });
  return (
    <div className="page">
      <PageHeader title={item ? t('segments.edit', { name: item.name }) : t('segments.new')} sub={<Link to={item ? `/segments/${item.id}` : '/segments'}>{t('back')}</Link>}
        actions={<Button type="primary" disabled={!name.trim() || !rule} loading={save.isPending} onClick={() => save.mutate()}>{t('save')}</Button>} />
      <div className="row" style={{ marginBottom: 12 }}>
        <Input aria-label={t('name')} placeholder={t('name')} value={name} maxLength={60} style={{ maxWidth: 280 }} onChange={(event) => setName(event.target.value)} />
        <Input aria-label={t('description')} placeholder={t('description')} value={description} maxLength={500} style={{ flex: '1 1 240px' }} onChange={(event) => setDescription(event.target.value)} />
      </div>
      {save.error && <ErrorBox error={save.error} />}
      {!item && (
        <Templates onFilled={(forms, called) => {
          setBegun({ forms, times: begun.times + 1 });
          if (!name.trim()) setName(called);
        }} />
      )}
      <RuleEditor key={begun.times} forms={begun.forms} onRule={setRule} />
    </div>
  );
}
