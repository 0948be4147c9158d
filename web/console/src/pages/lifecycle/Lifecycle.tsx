// Stages with who is in them, where people went, who came and went; ready lifecycles where there is none yet.
import { MoreOutlined, PlusOutlined } from '@ant-design/icons';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { PageHeader } from 'ui/PageHeader.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useUndo } from 'ui/undo.tsx';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { Changes, Sizes } from '../audience/SetPeople.tsx';
import { archiveLifecycle, lifecyclesQuery, restoreLifecycle, undoLifecycle, useFreshStages, type Lifecycle, type Stage } from './ask.ts';
import { FlowOfDays } from './Flow.tsx';
import { Funnels } from './Funnels.tsx';
import { ReadyOnes } from './Ready.tsx';
import { StagePeople } from './StagePeople.tsx';
import { toneOf } from './tones.ts';
import './lifecycle.css';

const tabs = ['people', 'flow', 'changes', 'sizes', 'rules'] as const;
const schema = { of: text('', 40), stage: text('', 40), tab: oneOf(tabs, 'people'), after: text('', 1000), from: text('', 10), to: text('', 10) };

export default function LifecyclePage() {
  const { t } = useTranslation('lifecycle');
  const navigate = useNavigate();
  const mayWrite = useMay('audience.write');
  const query = useQuery({ ...lifecyclesQuery, refetchInterval: 4_000, placeholderData: keepPreviousData });
  const [{ of }, change] = useUrlState(schema);
  const some = (query.data?.items.length ?? 0) > 0;
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={<span className="small">{t('sub')}</span>}
        actions={mayWrite && some && <Button icon={<PlusOutlined />} onClick={() => void navigate('/lifecycle/new')}>{t('new')}</Button>} />
      <Loaded query={query} rows={8}>
        {({ items }) => {
          const open = items.find((one) => one.id === of) ?? items.find((one) => !one.archived_at) ?? items[0];
          const whole = of === 'funnels' ? of : (open?.id ?? '');
          const named = items.map((one) => ({ value: one.id, label: one.archived_at ? `${one.name} · ${t('archivedTag')}` : one.name }));
          return (
            <>
              <ViewTabs label={t('title')} value={whole} onChange={(next) => change({ of: next, stage: '', after: '' }, 'push')}
                options={[...(named.length > 0 ? named : [{ value: '', label: t('title') }]), { value: 'funnels', label: t('funnel.title') }]} />
              {whole === 'funnels' ? <Funnels /> : open ? <One key={open.id} item={open} /> : <ReadyOnes />}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function One({ item }: { item: Lifecycle }) {
  const { t } = useTranslation('lifecycle');
  const format = useFormat();
  const navigate = useNavigate();
  const mayWrite = useMay('audience.write');
  const fresh = useFreshStages();
  const offerUndo = useUndo();
  const [{ stage, tab }, change] = useUrlState(schema);
  const chosen = item.stages.find((one) => one.id === stage) ?? item.stages.find((one) => one.kind === 'declining') ?? item.stages[0];
  const back = useMutation({
    mutationFn: () => undoLifecycle(item.id),
    onSuccess: () => {
      void fresh();
      offerUndo(t('undone'), async () => {
        await undoLifecycle(item.id);
        await fresh();
      });
    },
  });
  const away = useMutation({
    mutationFn: () => archiveLifecycle(item.id),
    onSuccess: () => {
      void fresh();
      offerUndo(t('archived', { name: item.name }), async () => {
        await restoreLifecycle(item.id);
        await fresh();
      });
    },
  });
  const again = useMutation({ mutationFn: () => restoreLifecycle(item.id), onSuccess: fresh });
  const error = back.error ?? away.error ?? again.error;
  return (
    <div className="stack">
      {error && <ErrorBox error={error} />}
      <div className="row">
        <Tag tone="progress">{t(`scale.${item.scale}`)}</Tag>
        <span className="small dim">{item.description}</span>
        {mayWrite && (
          <span className="row tight" style={{ marginLeft: 'auto' }}>
            {item.archived_at
              ? <Button loading={again.isPending} onClick={() => again.mutate()}>{t('restore')}</Button>
              : (
                <>
                  <Button onClick={() => void navigate(`/lifecycle/${item.id}/edit`)}>{t('edit')}</Button>
                  <Dropdown trigger={['click']} menu={{
                    items: [
                      { key: 'undo', label: t('undo'), disabled: item.version < 2, onClick: () => back.mutate() },
                      { key: 'archive', label: t('archive'), danger: true, onClick: () => away.mutate() },
                    ],
                  }}>
                    <Button icon={<MoreOutlined />} aria-label={t('more')} />
                  </Dropdown>
                </>
              )}
          </span>
        )}
      </div>
      <div className="stages" role="group" aria-label={t('title')}>
        {item.stages.map((one) => (
          <button key={one.id} type="button" className="card stage" aria-pressed={one.id === chosen?.id} title={one.description}
            onClick={() => change({ stage: one.id, after: '', ...(tab === 'flow' ? { tab: 'people' } : {}) })}>
            <span className="row tight"><span className="strong">{one.name}</span>{one.name !== t(`kind.${one.kind}`) && one.kind !== 'other' && <Tag tone={toneOf[one.kind]}>{t(`kind.${one.kind}`)}</Tag>}</span>
            <span className="figure num" data-testid={`stage-${one.kind}`}>{format.exact(one.people)}</span>
            <span className="small dim">{format.ratio(one.people / Math.max(1, item.people))}</span>
            <span className={`level ${toneOf[one.kind]}`} style={{ width: `${String((100 * one.people) / Math.max(1, item.people))}%` }} />
          </button>
        ))}
      </div>
      {item.outside > 0 && <p className="small dim">{t('outsideLine', { shown: format.exact(item.outside) })}</p>}
      <ViewTabs label={item.name} value={tab} onChange={(next) => change({ tab: next, after: '' }, 'push')} options={tabs.map((value) => ({ value, label: t(`tab.${value}`) }))} />
      {tab === 'flow' && <FlowOfDays item={item} />}
      {tab === 'rules' && <Rules stages={item.stages} />}
      {chosen && tab === 'people' && <StagePeople key={chosen.id} stage={chosen} />}
      {chosen && tab === 'changes' && <Changes key={chosen.id} family="stages" id={chosen.id} />}
      {chosen && tab === 'sizes' && <Sizes key={chosen.id} family="stages" id={chosen.id} />}
    </div>
  );
}

function Rules({ stages }: { stages: Stage[] }) {
  const { t } = useTranslation('lifecycle');
  const format = useFormat();
  return (
    <div className="card scroll-x">
      <table className="plain">
        <thead><tr><th>{t('editor.stageName')}</th><th>{t('editor.kind')}</th><th>{t('editor.rule')}</th><th>{t('editor.about')}</th></tr></thead>
        <tbody>
          {stages.map((one) => (
            <tr key={one.id}>
              <td className="strong" style={{ whiteSpace: 'nowrap' }}>{one.name}</td>
              <td><Tag tone={toneOf[one.kind]}>{t(`kind.${one.kind}`)}</Tag></td>
              <td><pre className="small rule-text">{format.pick(one.forms.text_zh, one.forms.text_en)}</pre>{one.as_it_stands && <Tag title={t('asItStandsText')}>{t('asItStands')}</Tag>}</td>
              <td className="small dim">{one.description || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
