import { act, fireEvent, render, screen } from '@testing-library/react';
import { Frame } from '../../tests/frame.tsx';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from 'api/client.ts';
import { Reveal, shownSeconds } from './Reveal.tsx';

const clear = '13800138000';
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function ask(reveal: (reason: string) => Promise<string>, onShown?: (shown: boolean) => void) {
  render(<Frame><Reveal masked="138****8000" label="手机号" reveal={reveal} onShown={onShown} /></Frame>);
  fireEvent.click(screen.getByRole('button', { name: '查看手机号明文' }));
  const button = screen.getByRole('button', { name: '查看' });
  expect((button as HTMLButtonElement).disabled).toBe(true);
  fireEvent.click(screen.getByLabelText('客户来电服务'));
  await act(async () => {
    fireEvent.click(button);
    await vi.advanceTimersByTimeAsync(10);
  });
}

test('asks for a reason, shows for a while, then hides and forgets', async () => {
  const reveal = vi.fn(() => Promise.resolve(clear));
  const shown = vi.fn();
  await ask(reveal, shown);
  expect(reveal).toHaveBeenCalledWith('客户来电服务');
  expect(screen.getByText(clear)).toBeTruthy();
  expect(shown).toHaveBeenLastCalledWith(true);
  await act(() => vi.advanceTimersByTimeAsync((shownSeconds + 1) * 1000));
  expect(screen.queryByText(clear)).toBeNull();
  expect(shown).toHaveBeenLastCalledWith(false);
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(clear);
  expect(location.href + document.title).not.toContain(clear);
});

test('a refusal is shown and nothing is revealed', async () => {
  await ask(() => Promise.reject(new ApiProblem(403, { title: '没有权限', code: 'forbidden', errors: [], incident: 'req_2' })));
  expect(screen.getByRole('alert')).toBeTruthy();
  expect(screen.queryByText(clear)).toBeNull();
});
