import { expect, test } from 'vitest';
import { compared } from './keys.ts';

test('the period before has as many days and ends the day before', () => {
  expect(compared('2026-03-01', '2026-03-30', 'previous')).toEqual({ from: '2026-01-30', to: '2026-02-28' });
});
test('last year takes the same dates', () => {
  expect(compared('2024-02-29', '2024-03-10', 'last_year')).toEqual({ from: '2023-02-28', to: '2023-03-10' });
});
