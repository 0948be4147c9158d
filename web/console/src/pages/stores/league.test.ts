import type { League, LeagueRow } from 'api/contract.ts';
import { describe, expect, it } from 'vitest';
import { sorted } from './league.ts';

const row = (code: string, rank: number, sales: number, returns: number | undefined): LeagueRow => ({
  node_id: code, code, name: code, parent_name: '', group: 'large', rank, rank_in_group: rank,
  figures: [{ value: sales, numerator: sales, small_base: false }, { value: returns, numerator: 0, denominator: 0, small_base: false }],
});
const league = {
  columns: [{ id: 'net_sales', unit: 'money', direction: 'up' }, { id: 'returns_share', unit: 'ratio', direction: 'down' }],
  items: [row('A', 1, 30, 0.2), row('B', 2, 20, undefined), row('C', 3, 10, 0.1)],
} as League;

describe('the order of the league', () => {
  it('puts the best first, whichever way is good', () => {
    expect(sorted(league, 'net_sales').map((one) => one.code)).toEqual(['A', 'B', 'C']);
    expect(sorted(league, 'returns_share').map((one) => one.code)).toEqual(['C', 'A', 'B']);
  });
  it('falls back to net sales for a column that it does not know', () => {
    expect(sorted(league, 'nothing').map((one) => one.code)).toEqual(['A', 'B', 'C']);
  });
});
