import { expect, test } from 'vitest';
import { weave } from './weave.ts';

const at = (minute: number) => ({ at: `2026-03-01T00:${String(minute).padStart(2, '0')}:00Z` });
const minutes = (list: { at: string }[]) => list.map((one) => Number(one.at.slice(14, 16)));

test('every row of the short list stands on one page, in its place', () => {
  const short = [at(59), at(45), at(40), at(35), at(5)];
  const first = weave([at(50), at(40)], short, undefined, false);
  const second = weave([at(30), at(20)], short, at(40).at, false);
  const third = weave([at(10)], short, at(20).at, true);
  expect(minutes(first)).toEqual([59, 50, 45, 40, 40]);
  expect(minutes(second)).toEqual([35, 30, 20]);
  expect(minutes(third)).toEqual([10, 5]);
});

test('without the long list the short one stands alone', () => expect(minutes(weave([], [at(9), at(8)], undefined, true))).toEqual([9, 8]));
