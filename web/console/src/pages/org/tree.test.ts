import type { NodeItem } from 'api/contract.ts';
import { expect, test } from 'vitest';
import { rowsOf } from './tree.ts';

const node = (id: string, parent?: string): NodeItem => ({ id, parent, kind: 'store', code: id, name: id, open: true });
const nodes = [node('b', 'root'), node('root'), node('a', 'root'), node('a1', 'a'), node('far', 'unseen')];

test('parents stand before children; a node without a visible parent is a top', () => {
  const rows = rowsOf(nodes, new Set(), new Map([['a', 2]]));
  expect(rows.map((row) => [row.node.id, row.depth])).toEqual([['far', 0], ['root', 0], ['a', 1], ['a1', 2], ['b', 1]]);
  expect(rows.find((row) => row.node.id === 'a')).toMatchObject({ staff: 2, children: 1 });
});

test('what is folded hides all below', () => {
  expect(rowsOf(nodes, new Set(['root']), new Map()).map((row) => row.node.id)).toEqual(['far', 'root']);
});
