import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { Frame } from '../../tests/frame.tsx';
import { QueryForm, type QueryField } from './QueryForm.tsx';

const fields: QueryField[] = [
  { kind: 'text', key: 'number', label: '订单号' },
  { kind: 'select', key: 'class', label: '类别', options: [{ value: 'a', label: '甲' }] },
  { kind: 'text', key: 'more', label: '更多字段' },
];

test('text applies on the button and on Enter, not while typing', () => {
  const change = vi.fn();
  render(<Frame><QueryForm fields={fields} values={{}} onChange={change} /></Frame>);
  const box = screen.getByLabelText('订单号');
  fireEvent.change(box, { target: { value: ' C536379 ' } });
  expect(change).not.toHaveBeenCalled();
  fireEvent.submit(screen.getByRole('search'));
  expect(change).toHaveBeenCalledWith({ number: 'C536379', more: undefined });
});

test('Enter that confirms Pinyin does not submit', () => {
  render(<Frame><QueryForm fields={fields} values={{}} onChange={() => undefined} /></Frame>);
  const event = new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true });
  screen.getByLabelText('订单号').dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
});

test('what is applied stands as a chip and can be dropped', () => {
  const change = vi.fn();
  render(<Frame><QueryForm fields={fields} values={{ class: 'a' }} onChange={change} /></Frame>);
  expect(screen.getByText('类别：甲')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: '去掉条件：类别' }));
  expect(change).toHaveBeenCalledWith({ class: undefined });
});

test('fields beyond the shown ones wait behind the switch', () => {
  render(<Frame><QueryForm fields={fields} values={{}} onChange={() => undefined} shown={2} /></Frame>);
  expect(screen.queryByLabelText('更多字段')).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: /展开/ }));
  expect(screen.getByLabelText('更多字段')).toBeTruthy();
});
