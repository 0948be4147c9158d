import { fireEvent, render, screen } from '@testing-library/react';
import { Frame } from '../../tests/frame.tsx';
import { beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from 'api/client.ts';
import { ListTable, type Column } from './ListTable.tsx';

interface Row { id: string; name: string }
const columns: Column<Row>[] = [
  { key: 'name', title: '名称', render: (row) => row.name },
  { key: 'id', title: '编号', render: (row) => row.id, hidden: true },
];
const rows = [{ id: '1', name: '甲' }, { id: '2', name: '乙' }];
const page = { items: rows, next: 'c2', total: { value: 4383, relation: 'eq' as const } };

function show(over: Partial<Parameters<typeof ListTable<Row>>[0]> = {}) {
  const props = {
    name: 'test', query: { data: page, error: null, isFetching: false, refetch: () => undefined }, columns,
    rowKey: (row: Row) => row.id, card: (row: Row) => row.name, empty: '空', cursor: '', onCursor: vi.fn(), ...over,
  };
  return { ...render(<Frame><ListTable<Row> {...props} /></Frame>), props };
}

beforeEach(() => localStorage.clear());

test('rows, total and the way forward', () => {
  const { props } = show();
  expect(screen.getByText('甲')).toBeTruthy();
  expect(screen.getByText('共 4,383 条')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: '下一页' }));
  expect(props.onCursor).toHaveBeenCalledWith('c2');
});

test('rows of the question before lead nowhere: their cursor belongs to another order', () => {
  const { props } = show({ query: { data: page, error: null, isFetching: true, isPlaceholderData: true, refetch: () => undefined } });
  fireEvent.click(screen.getByRole('button', { name: '下一页' }));
  expect(props.onCursor).not.toHaveBeenCalled();
});

test('an unfinished count says so', () => {
  show({ query: { data: { ...page, total: { value: 20, relation: 'gte' } }, error: null, isFetching: false, refetch: () => undefined } });
  expect(screen.getByText('20 条以上')).toBeTruthy();
});

test('j and Enter open a row, typing in a field does not', () => {
  const open = vi.fn();
  show({ onOpen: open });
  fireEvent.keyDown(document.body, { key: 'j' });
  fireEvent.keyDown(document.body, { key: 'j' });
  fireEvent.keyDown(document.body, { key: 'Enter' });
  expect(open).toHaveBeenCalledWith(rows[1]);
});

test('a chosen row stays chosen when the rows are fetched again', () => {
  const open = vi.fn();
  const { rerender, props } = show({ onOpen: open });
  fireEvent.keyDown(document.body, { key: 'j' });
  fireEvent.keyDown(document.body, { key: 'j' });
  const fetched = { ...page, items: [{ id: '0', name: '丙' }, ...rows.map((row) => ({ ...row }))] };
  rerender(<Frame><ListTable<Row> {...props} query={{ ...props.query, data: fetched }} /></Frame>);
  fireEvent.keyDown(document.body, { key: 'Enter' });
  expect(open).toHaveBeenCalledWith(rows[1]);
});

test('a column that is hidden by default can be chosen, and the choice is kept', async () => {
  const { unmount } = show();
  expect(screen.queryByRole('columnheader', { name: '编号' })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: /列设置/ }));
  fireEvent.click(await screen.findByRole('checkbox', { name: '编号' }));
  unmount();
  show();
  expect(screen.getByRole('columnheader', { name: '编号' })).toBeTruthy();
});

test('old rows stay when a new question fails', () => {
  const error = new ApiProblem(500, { title: '内部错误', code: 'internal', incident: 'req_1', errors: [] });
  show({ query: { data: page, error, isFetching: false, refetch: () => undefined } });
  expect(screen.getByText('甲')).toBeTruthy();
  expect(screen.getByRole('alert').textContent).toContain('req_1');
});

test('nothing at all', () => {
  show({ query: { data: { items: [], total: { value: 0, relation: 'eq' } }, error: null, isFetching: false, refetch: () => undefined } });
  expect(screen.getByText('空')).toBeTruthy();
});
