import { fireEvent, render, screen } from '@testing-library/react';
import type { JobItem } from 'api/contract.ts';
import { expect, test, vi } from 'vitest';
import { Job, secondsLeft } from './Job.tsx';
import { isLive } from './job-state.ts';

const job: JobItem = {
  id: 'job_1', kind: 'import.run', title: '有赞订单.csv', state: 'running', phase: '写入', done: 200, total: 1000, result: {},
  error: '', started_by: 'admin', created_at: '2026-03-01T00:00:00Z', updated_at: '2026-03-01T00:00:20Z',
};

test('time left by the rate so far, and only after 5 %', () => {
  const now = new Date('2026-03-01T00:00:20Z');
  expect(secondsLeft(job, now)).toBe(80);
  expect(secondsLeft({ ...job, done: 49 }, now)).toBeUndefined();
  expect(secondsLeft({ ...job, total: 0 }, now)).toBeUndefined();
});

test('a running job shows phase and progress, and can be cancelled', () => {
  const cancel = vi.fn();
  render(<Job job={job} onCancel={cancel} />);
  expect(screen.getByText(/写入 · 200 \/ 1,000/)).toBeTruthy();
  expect(screen.getByText('20%')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: '取消作业' }));
  expect(cancel).toHaveBeenCalledOnce();
});

test('a failed job says why and offers no cancel', () => {
  render(<Job job={{ ...job, state: 'failed', error: '磁盘已满' }} onCancel={() => undefined} />);
  expect(screen.getByText('磁盘已满')).toBeTruthy();
  expect(screen.queryByRole('button')).toBeNull();
});

test('which states move', () => {
  expect(['queued', 'running', 'cancelling'].every((state) => isLive(state as JobItem['state']))).toBe(true);
  expect(['done', 'partial', 'failed', 'cancelled'].some((state) => isLive(state as JobItem['state']))).toBe(false);
});
