import { expect, test } from 'vitest';
import { isWorking, stepOf } from './state.ts';

test('where the wizard stands', () => {
  expect(stepOf('uploaded', false)).toBe('columns');
  expect(stepOf('uploaded', true)).toBe('columns');
  expect(stepOf('checking', false)).toBe('check');
  expect(stepOf('checked', false)).toBe('check');
  expect(stepOf('checked', true)).toBe('confirm');
  expect(stepOf('failed', true)).toBe('columns');
  for (const state of ['running', 'done', 'taking_back', 'taken_back'] as const) expect(stepOf(state, true)).toBe('result');
});

test('what is asked for again and again', () => {
  expect((['checking', 'running', 'taking_back'] as const).every(isWorking)).toBe(true);
  expect((['uploaded', 'checked', 'done', 'taken_back', 'failed'] as const).some(isWorking)).toBe(false);
});
