import { expect, test } from 'vitest';
import { tabOf, visited, type RecentTab } from './recent.ts';

test('a page and an object have tabs, anything else has none', () => {
  expect(tabOf('/customers', '?class=x')).toEqual({ path: '/customers', search: '?class=x', of: 'customers', id: '' });
  expect(tabOf('/metric/M-07', '')).toMatchObject({ of: 'metrics', id: 'M-07' });
  expect(tabOf('/nowhere', '')).toBeUndefined();
  expect(tabOf('/customers/a/b', '')).toBeUndefined();
});

test('a page keeps its place and its newest query; the ninth pushes the first out', () => {
  const tab = (path: string, search = ''): RecentTab => ({ path, search, of: 'orders', id: '' });
  const two = visited(visited([], tab('/a')), tab('/b'));
  expect(visited(two, tab('/a', '?x=1')).map((one) => one.path + one.search)).toEqual(['/a?x=1', '/b']);
  let many: RecentTab[] = [];
  for (let i = 0; i < 9; ++i) many = visited(many, tab(`/${i}`));
  expect(many.map((one) => one.path)).toEqual(['/1', '/2', '/3', '/4', '/5', '/6', '/7', '/8']);
});
