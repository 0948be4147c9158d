// One segment: the sentence, how many can be reached, its people, who entered and left and why, its size over time.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem } from 'api/client.ts';
import { Button, Tabs } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { CopyId } from 'ui/CopyId.tsx';
import { ExportButton } from 'ui/ExportButton.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Skeleton } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { archive, restore, segmentQuery, useFresh } from './ask.ts';
import { TagWhole } from '../models/TagWhole.tsx';
import { reach as askReach } from '../models/ask.ts';
import { Reachable } from './PreviewPanel.tsx';
import type { SetView } from './replies.ts';
import { ModeTag } from './Segments.tsx';
import { Changes, People, Sizes } from './SetPeople.tsx';

const schema = { tab: oneOf(['people', 'changes', 'sizes'] as const, 'people') };

export default function Segment() {
  const { id = '' } = useParams();
  const { t } = useTranslation('audience');
  // Members come and go by themselves.
  const query = useQuery({ ...segmentQuery(id), refetchInterval: 4_000 });
  if (query.error instanceof ApiProblem && query.error.status === 404) {
    return <div className="page narrow"><div className="card"><Empty title={t('segments.missing')} actions={<Link to="/segments">{t('segments.title')}</Link>} /></div></div>;
  }
  if (!query.data) return <div className="page">{query.error ? <ErrorBox error={query.error} retry={() => void query.refetch()} /> : <Skeleton />}</div>;
  return <Known item={query.data} />;
}

function Known({ item }: { item: SetView }) {
  const { t } = useTranslation('audience');
  const { t: word } = useTranslation('models');
  const format = useFormat();
  const navigate = useNavigate();
  const mayWrite = useMay('audience.write');
  const mayExport = useMay('audience.export');
  const fresh = useFresh();
  const offerUndo = useUndo();
  const [{ tab }, change] = useUrlState(schema);
  const { id, forms } = item;
  const mayTag = useMay('audience.tag');
  const [tagging, setTagging] = useState(false);
  const reach = useQuery({ queryKey: ['segments', 'reach', id, item.version, item.people], queryFn: ({ signal }) => askReach({ set: id }, signal) });
  const putAway = useMutation({
    mutationFn: () => archive('segments', id),
    onSuccess: () => {
      void fresh();
      offerUndo(t('archived', { name: item.name }), async () => {
        await restore('segments', id);
        await fresh();
      });
    },
  });
  const client = useQueryClient();
  useEffect(() => {
    for (const part of ['people', 'changes', 'sizes']) void client.invalidateQueries({ queryKey: ['segments', part, id] });
  }, [client, id, item.people]);
  const bringBack = useMutation({ mutationFn: () => restore('segments', id), onSuccess: fresh });
  const tabs = [
    { key: 'people', label: t('tab.people'), children: <People family="segments" id={id} /> },
    { key: 'changes', label: t('tab.changes'), children: <Changes family="segments" id={id} /> },
    { key: 'sizes', label: t('tab.sizes'), children: <Sizes family="segments" id={id} /> },
  ];
  return (
    <div className="page">
      <PageHeader title={item.name}
        lead={<span className="row tight"><ModeTag mode={item.mode} />{item.archived_at && <Tag tone="warn">{t('isArchived')}</Tag>}<CopyId id={id} /></span>}
        sub={<span className="small">{t('made', { who: item.created_by, time: format.dateTime(item.created_at), version: item.version })}</span>}
        actions={
          <>
            {mayTag && !item.archived_at && item.people > 0 && <Button onClick={() => setTagging(true)}>{word('whole.tag')}</Button>}
            {mayExport && <ExportButton href={`/api/v1/segments/${id}/export.csv`} name="segment.csv">{t('export')}</ExportButton>}
            {mayWrite && forms && !item.archived_at && <Button onClick={() => void navigate(`/segments/${id}/edit`)}>{t('edit')}</Button>}
            {mayWrite && !item.archived_at && <Button loading={putAway.isPending} onClick={() => putAway.mutate()}>{t('archive')}</Button>}
            {mayWrite && item.archived_at && <Button loading={bringBack.isPending} onClick={() => bringBack.mutate()}>{t('restore')}</Button>}
          </>
        } />
      {tagging && <TagWhole segment={id} people={item.people} onClose={() => setTagging(false)} />}
      {(putAway.error ?? bringBack.error) && <ErrorBox error={putAway.error ?? bringBack.error} />}
      <div className="stack">
        <Card label={t('rule')}>
          <div className="row">
            <span style={{ fontSize: 26, lineHeight: '36px' }} className="strong num" data-testid="segment-people" data-count={item.people} title={format.exact(item.people)}>
              {t('people', { count: item.people, shown: format.exact(item.people) })}
            </span>
            {item.used_by.length > 0 && <span className="small dim">{t('usedByList', { names: item.used_by.join(' · ') })}</span>}
          </div>
          {item.description && <p className="dim">{item.description}</p>}
          {forms && <div className="sentence"><pre>{format.pick(forms.text_zh, forms.text_en)}</pre></div>}
          {reach.data && <Reachable reachable={reach.data.reachable} />}
        </Card>
        <Tabs activeKey={tab} items={tabs} destroyOnHidden onChange={(key) => change({ tab: key as typeof tab })} />
      </div>
    </div>
  );
}
