// The league of a scope and period, asked once for the table and for the page of one store.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { League, LeagueColumn, LeagueFigure, LeagueGroup, LeagueKind, LeagueRow, MetricValue } from 'api/contract.ts';
import { day, oneOf, text } from 'ui/url-state.ts';
import { slices } from '../../people/people.ts';
import { comparisons, type Comparison } from '../overview/keys.ts';

export const kinds: LeagueKind[] = ['store', 'region', 'city', 'partner', 'online'];
// Whose a sale is: by the tree of today, or by that of the day of the sale.
// The funnel whole, or of each guide, channel or product.
export const splits = ['whole', ...slices] as const;
export type Split = (typeof splits)[number];
export const readings = ['today', 'event'] as const;
export const schema = {
  from: day(), to: day(), node: text('', 60), kind: oneOf<LeagueKind>(kinds, 'store'),
  compare: oneOf([...comparisons], 'previous'), sort: text('net_sales', 40), group: oneOf(['', 'large', 'medium', 'small', 'new'], ''),
  org: oneOf([...readings], 'today'),
  split: oneOf([...splits], 'whole'),
};

export interface Asked { from: string; to: string; node: string; kind: LeagueKind; compare: Comparison; org: (typeof readings)[number] }

export const leagueQuery = (asked: Asked) =>
  queryOptions({
    queryKey: ['league', asked],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/stores/league', { params: { query: { ...asked, node: asked.node || undefined } }, signal })),
    placeholderData: keepPreviousData,
  });

export const columnKey = (column: Pick<LeagueColumn, 'id' | 'variant'>): string => (column.variant ? `${column.id}/${column.variant}` : column.id);

// Best first by the column chosen; what has no value comes last.
export function sorted(league: League, sort: string): LeagueRow[] {
  const place = Math.max(0, league.columns.findIndex((column) => columnKey(column) === sort));
  const down = league.columns[place]?.direction === 'down';
  const value = (row: LeagueRow): number => row.figures[place]?.value ?? (down ? Infinity : -Infinity);
  return [...league.items].sort((a, b) => (down ? value(a) - value(b) : value(b) - value(a)) || a.rank - b.rank);
}

// A figure as cards and changes want it.
export const shown = (column: LeagueColumn, figure: LeagueFigure | undefined): Pick<MetricValue, 'unit' | 'value' | 'previous'> =>
  ({ unit: column.unit, value: figure?.value, previous: figure?.previous });

// Totals tell the size of a store, ratios how it works: only these are held against the group.
export const isRatio = (row: LeagueRow, place: number): boolean =>
  row.figures[place]?.denominator !== undefined && row.figures[place]?.denominator !== null;

export const peersOf = (league: League, row: LeagueRow): LeagueGroup | undefined => league.groups.find((group) => group.group === row.group);
