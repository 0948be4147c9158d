// The people of a set, who came and went and why, and its size over time: the same of a segment and of a tag.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { shortId } from 'ui/CopyId.tsx';
import { ListTable, type Column } from 'ui/ListTable.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { changesQuery, peopleQuery, removeTag, sizesQuery, undoBatch, useFresh, type Family } from './ask.ts';
import { Person, Reasons } from './PreviewPanel.tsx';
import type { AudiencePerson } from './replies.ts';
import { useUndo } from 'ui/undo.tsx';
import { ChosenBar } from '../models/ChosenBar.tsx';

const Chart = lazy(() => import('ui/Chart.tsx'));
const schema = { after: text('', 1000) };

export function People({ family, id }: { family: Family; id: string }) {
  const { t } = useTranslation('audience');
  const { t: word } = useTranslation('customers');
  const format = useFormat();
  const navigate = useNavigate();
  const mayTag = useMay('audience.tag');
  const fresh = useFresh();
  const offerUndo = useUndo();
  const [{ after }, change] = useUrlState(schema);
  const [chosen, setChosen] = useState<string[]>([]);
  const query = useQuery({ ...peopleQuery(family, id, after), placeholderData: keepPreviousData });
  const columns: Column<AudiencePerson>[] = [
    { key: 'customer', title: word('column.customer'), render: (row) => <><Link to={`/customers/${row.id}`}>{row.name_masked || word('noName')}</Link> <span className="mono dimmer" title={row.id}>{shortId(row.id)}</span></> },
    { key: 'identity', title: word('column.identity'), render: (row) => row.identities.map((one) => one.masked).filter(Boolean).slice(0, 2).join(' · ') || <span className="dimmer">{word('anonymous')}</span> },
    { key: 'home', title: word('column.home'), render: (row) => row.home_node_name ?? '–' },
    { key: 'since', title: t('since'), render: (row) => <span style={{ whiteSpace: 'nowrap' }}>{format.dateTime(row.since)}</span> },
    { key: 'until', title: t('until'), hidden: family === 'segments', render: (row) => (row.expires_at ? format.dateTime(row.expires_at) : '–') },
    { key: 'why', title: t('why'), render: (row) => <Reasons reasons={row.reasons} /> },
  ];
  const takeAway = async () => {
    const done = await removeTag(id, chosen);
    setChosen([]);
    await fresh();
    offerUndo(t('tag.removed', { people: format.exact(done.people) }), async () => {
      await undoBatch(done.batch);
      await fresh();
    });
  };
  return (
    <ListTable<AudiencePerson> name={`audience-${family}`} people query={query} columns={columns} rowKey={(row) => row.id}
      card={(row) => <div className="card-row"><Person person={row} /></div>} onOpen={(row) => void navigate(`/customers/${row.id}`)}
      cursor={after} onCursor={(next) => change({ after: next }, 'push')} chosen={chosen} onChoose={setChosen}
      bar={chosen.length > 0 && (
        <ChosenBar chosen={chosen} onClear={() => setChosen([])}>
          {family === 'tags' && mayTag && <Button size="small" danger onClick={() => void takeAway()}>{t('tag.remove')}</Button>}
        </ChosenBar>
      )}
      empty={<Empty title={t('nobody')}>{t('nobodyText')}</Empty>} />
  );
}

export function Changes({ family, id }: { family: Family; id: string }) {
  const { t } = useTranslation('audience');
  const { t: word } = useTranslation('customers');
  const format = useFormat();
  const [cursors, setCursors] = useState<string[]>(['']);
  const query = useQuery({ ...changesQuery(family, id, cursors.at(-1) ?? ''), placeholderData: keepPreviousData });
  return (
    <section className="card scroll-x" aria-label={t('tab.changes')}>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={5}>
        {({ items, next }) => items.length === 0 ? <Empty title={t('noChanges')}>{t('noChangesText')}</Empty> : (
          <>
            <table className="plain">
              <thead><tr><th>{t('when')}</th><th>{word('column.customer')}</th><th>{t('inOrOut')}</th><th>{t('cause')}</th><th>{t('because')}</th></tr></thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.number}>
                    <td style={{ whiteSpace: 'nowrap' }}>{format.dateTimeSeconds(one.at)}</td>
                    <td><Link to={`/customers/${one.customer}`}>{one.name_masked || word('noName')}</Link></td>
                    <td><Tag tone={one.entered ? 'active' : 'warn'}>{one.entered ? t('entered') : t('left')}</Tag></td>
                    <td>{causeName(one.cause, t)}</td>
                    <td className="small">{format.pick(one.because_zh.join(' · '), one.because_en.join(' · ')) || '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <div className="list-foot">
              <div className="pages">
                <Button size="small" disabled={cursors.length < 2} onClick={() => setCursors(cursors.slice(0, -1))}>{word('people.previous')}</Button>
                <Button size="small" disabled={!next || query.isPlaceholderData} onClick={() => next && setCursors([...cursors, next])}>{word('people.next')}</Button>
              </div>
            </div>
          </>
        )}
      </Loaded>
    </section>
  );
}

const causes = ['created', 'rule_changed', 'event', 'order', 'profile', 'time', 'tag', 'segment', 'stage', 'merge', 'unmerge', 'by_hand', 'caught_up', 'archived'] as const;
export function causeName(cause: string, t: ReturnType<typeof useTranslation<'audience'>>['t']): string {
  const known = causes.find((one) => one === cause);
  return known ? t(`causes.${known}`) : cause;
}

export function Sizes({ family, id }: { family: Family; id: string }) {
  const { t } = useTranslation('audience');
  const query = useQuery(sizesQuery(family, id));
  return (
    <section className="card" aria-label={t('tab.sizes')} style={{ padding: 12 }}>
      <Loaded query={query} rows={5}>
        {({ items }) => items.length === 0 ? <Empty title={t('noChanges')}>{t('noChangesText')}</Empty> : <SizesShown items={items} />}
      </Loaded>
    </section>
  );
}

function SizesShown({ items }: { items: { day: string; people: number; entered: number; left: number }[] }) {
  const { t } = useTranslation('audience');
  const format = useFormat();
  const { mode } = useViewer();
  const option = useMemo(() => ({
    grid: { left: 56, right: 16, top: 16, bottom: 28 },
    xAxis: { type: 'time' as const },
    yAxis: { type: 'value' as const, minInterval: 1 },
    tooltip: { trigger: 'axis' as const },
    series: [{ type: 'line' as const, step: 'end' as const, name: t('size'), showSymbol: items.length < 30, data: items.map((one) => [one.day, one.people]) }],
  }), [items, t]);
  return (
    <>
      <Suspense fallback={<div style={{ height: 220 }} />}><Chart option={option} mode={mode} height={220} label={t('tab.sizes')} /></Suspense>
      <div className="scroll-x" style={{ maxHeight: 320, overflowY: 'auto' }}>
        <table className="plain">
          <thead><tr><th>{t('day')}</th><th className="num">{t('size')}</th><th className="num">{t('entered')}</th><th className="num">{t('left')}</th></tr></thead>
          <tbody>
            {items.toReversed().map((one) => (
              <tr key={one.day}><td>{one.day}</td><td className="num">{format.exact(one.people)}</td><td className="num">+{format.exact(one.entered)}</td><td className="num">−{format.exact(one.left)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
