// A table of who went where: rows the stage before, columns the stage after; each count opens its people.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { text, useUrlState } from 'ui/url-state.ts';
import { useFormat } from 'ui/viewer.tsx';
import { PeopleDrawer } from '../models/PeopleDrawer.tsx';
import { flowPeople, flowQuery, type Flow, type Lifecycle } from './ask.ts';

const DayRange = lazy(() => import('ui/DayRange.tsx'));
const schema = { from: text('', 10), to: text('', 10) };
const outside = -1;
const notYet = -2;

export function FlowOfDays({ item }: { item: Lifecycle }) {
  const { t } = useTranslation('lifecycle');
  const [{ from, to }, change] = useUrlState(schema);
  const [open, setOpen] = useState<{ from: number; to: number }>();
  const query = useQuery({ ...flowQuery(item.id, from, to), placeholderData: keepPreviousData });
  const named = (stages: Flow['before'], place: number) => (place === outside ? t('flow.outside') : place === notYet ? t('flow.notYet') : (stages[place]?.name ?? ''));
  return (
    <section className="card" aria-label={t('flow.title')}>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={8}>
        {(reply) => (
          <>
            <div className="row" style={{ padding: 12 }}>
              <Suspense><DayRange label={t('flow.title')} required from={reply.from} to={reply.to} onChange={(first, last) => change({ from: first, to: last }, 'push')} /></Suspense>
              {item.stages.some((one) => one.as_it_stands) && (
                <span className="small dim" title={t('asItStandsText')}>{t('asItStandsOf', { stages: item.stages.filter((one) => one.as_it_stands).map((one) => one.name).join(' · ') })}</span>
              )}
            </div>
            <FlowTable flow={reply.flow} onOpen={(cell) => setOpen(cell)} />
            {open && (
              <PeopleDrawer title={t('flow.cell', { from: named(reply.flow.before, open.from), to: named(reply.flow.after, open.to) })}
                about={`flow ${item.id} ${reply.from} ${reply.to} ${String(open.from)} ${String(open.to)}`}
                ask={(cursor, signal) => flowPeople(item.id, reply.from, reply.to, open.from, open.to, cursor, signal)} onClose={() => setOpen(undefined)} />
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

export function FlowTable({ flow, onOpen }: { flow: Flow; onOpen?: (cell: { from: number; to: number }) => void }) {
  const { t } = useTranslation('lifecycle');
  const format = useFormat();
  if (flow.people === 0) return <Empty title={t('flow.none')}>{t('flow.noneText')}</Empty>;
  const at = new Map(flow.cells.map((one) => [`${String(one.from)} ${String(one.to)}`, one.people]));
  const rows = [...flow.before.map((one, index) => ({ name: one.name, place: index })), { name: t('flow.outside'), place: outside }, { name: t('flow.notYet'), place: notYet }]
    .filter(({ place }) => place >= 0 || flow.cells.some((cell) => cell.from === place));
  const columns = [...flow.after.map((one, index) => ({ name: one.name, place: index })), { name: t('flow.outside'), place: outside }, { name: t('flow.notYet'), place: notYet }]
    .filter(({ place }) => place >= 0 || flow.cells.some((cell) => cell.to === place));
  const sum = (cells: Flow['cells']) => cells.reduce((all, cell) => all + cell.people, 0);
  return (
    <>
      <p className="small" style={{ padding: '0 12px' }} data-testid="moved">{t('flow.moved', { people: format.exact(flow.moved), all: format.exact(flow.people) })}</p>
      <div className="scroll-x">
        <table className="plain flow-table">
          <thead>
            <tr><th>{t('flow.corner')}</th>{columns.map((column) => <th key={column.place} className="num">{column.name}</th>)}<th className="num">{t('flow.sum')}</th></tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const of = sum(flow.cells.filter((cell) => cell.from === row.place));
              return (
                <tr key={row.place}>
                  <td className="strong">{row.name}</td>
                  {columns.map((column) => {
                    const people = at.get(`${String(row.place)} ${String(column.place)}`) ?? 0;
                    const stays = row.place >= 0 && flow.after[column.place]?.name === row.name;
                    const share = people / Math.max(1, of);
                    return (
                      <td key={column.place} className="num" style={people > 0 && !stays ? { background: `color-mix(in srgb, var(--primary) ${String(Math.round(4 + 14 * share))}%, transparent)` } : undefined}>
                        {people === 0 ? <span className="dimmer">·</span>
                          : onOpen ? <button type="button" className="bare door" onClick={() => onOpen({ from: row.place, to: column.place })}>{format.exact(people)}</button> : format.exact(people)}
                      </td>
                    );
                  })}
                  <td className="num strong">{format.exact(of)}</td>
                </tr>
              );
            })}
            <tr>
              <td>{t('flow.sum')}</td>
              {columns.map((column) => <td key={column.place} className="num strong">{format.exact(sum(flow.cells.filter((cell) => cell.to === column.place)))}</td>)}
              <td className="num strong">{format.exact(flow.people)}</td>
            </tr>
          </tbody>
        </table>
      </div>
    </>
  );
}
