// Who moved from which class to which between two days, and which of R, F and M made the change.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Page } from 'api/contract.ts';
import type { components } from 'api/schema.d.ts';
import { Tooltip } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { text, useUrlState } from 'ui/url-state.ts';
import { useFormat } from 'ui/viewer.tsx';
import { ask } from '../audience/ask.ts';
import type { AudiencePerson } from '../audience/replies.ts';
import { PeopleDrawer } from '../models/PeopleDrawer.tsx';

type Moves = components['schemas']['audience.Migration'];
type Cell = Moves['cells'][number];
const DayRange = lazy(() => import('ui/DayRange.tsx'));
const schema = { from: text('', 10), to: text('', 10) };
const causes = ['r_up', 'r_down', 'f_up', 'f_down', 'm_up', 'm_down'] as const;
const none = -1;

export function Migration() {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const [{ from, to }, change] = useUrlState(schema);
  const [open, setOpen] = useState<Cell>();
  const query = useQuery({
    queryKey: ['rfm', 'migration', from, to], placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask<Moves>('GET', 'rfm-migration', { params: { query: { from: from || undefined, to: to || undefined } }, signal }),
  });
  return (
    <section className="card" aria-label={t('board.migration')}>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={8}>
        {(moves) => {
          const at = new Map(moves.cells.map((one) => [`${String(one.before)} ${String(one.after)}`, one]));
          const places = [...moves.classes.map((one, index) => ({ place: index, name: format.pick(one.name_zh, one.name_en), before: one.before, after: one.after })),
            { place: none, name: t('board.noScore'), before: undefined, after: undefined }];
          const nameOf = (place: number) => places.find((one) => one.place === place)?.name ?? '';
          const why = (cell: Cell) => causes.filter((one) => cell[one] > 0).map((one) => t(`board.cause.${one}`)).join(' · ');
          return (
            <>
              <div className="row" style={{ padding: 12 }}>
                <Suspense><DayRange label={t('board.migration')} required from={moves.from} to={moves.to} onChange={(first, last) => change({ from: first, to: last }, 'push')} /></Suspense>
                <span className="small dim" data-testid="migrated">{t('board.migrated', { moved: format.exact(moves.moved), people: format.exact(moves.people) })}</span>
              </div>
              {moves.people === 0 ? <Empty title={t('board.none')}>{t('board.noneText')}</Empty> : (
                <div className="scroll-x">
                  <table className="plain">
                    <thead><tr><th>{t('board.corner')}</th>{places.map((one) => <th key={one.place} className="num" style={{ whiteSpace: 'nowrap' }}>{one.name}</th>)}<th className="num">{t('board.sum')}</th></tr></thead>
                    <tbody>
                      {places.map((row) => {
                        const cells = moves.cells.filter((one) => one.before === row.place);
                        const sum = cells.reduce((all, one) => all + one.people, 0);
                        if (sum === 0) return null;
                        return (
                          <tr key={row.place}>
                            <td className="strong" style={{ whiteSpace: 'nowrap' }}>{row.name}</td>
                            {places.map((column) => {
                              const cell = at.get(`${String(row.place)} ${String(column.place)}`);
                              if (!cell) return <td key={column.place} className="num dimmer">·</td>;
                              const stays = cell.before === cell.after;
                              return (
                                <td key={column.place} className="num" style={stays ? undefined : { background: `color-mix(in srgb, var(--primary) ${String(Math.round(4 + 14 * (cell.people / sum)))}%, transparent)` }}>
                                  <Tooltip title={why(cell)}><button type="button" className="bare door" aria-label={`${nameOf(cell.before)} → ${nameOf(cell.after)} ${format.exact(cell.people)}`} onClick={() => setOpen(cell)}>{format.exact(cell.people)}</button></Tooltip>
                                </td>
                              );
                            })}
                            <td className="num strong">{format.exact(sum)}</td>
                          </tr>
                        );
                      })}
                    </tbody>
                  </table>
                </div>
              )}
              {open && (
                <PeopleDrawer title={`${nameOf(open.before)} → ${nameOf(open.after)}${why(open) ? ` · ${why(open)}` : ''}`} about={`migration ${moves.from} ${moves.to} ${String(open.before)} ${String(open.after)}`}
                  ask={(cursor, signal) => ask<Page<AudiencePerson>>('GET', 'rfm-migration/people', { params: { query: { from: moves.from, to: moves.to, before: open.before, after: open.after, cursor: cursor || undefined, limit: 20 } }, signal })}
                  onClose={() => setOpen(undefined)} />
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
