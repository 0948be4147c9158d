import { expect, test } from 'vitest';
import { parseViews, sameFilters } from './views.ts';

test('what storage holds is read with care', () => {
  expect(parseViews('[{"name":"a","filters":{"class":"x"}}]')).toEqual([{ name: 'a', filters: { class: 'x' } }]);
  for (const bad of [undefined, '', '{', '{}', '[null]', '[{"name":1}]', '[{"name":"a","filters":{"x":1}}]']) expect(parseViews(bad)).toEqual([]);
});

test('an empty filter is no filter', () => {
  expect(sameFilters({ class: '', node: 'n' }, { node: 'n' })).toBe(true);
  expect(sameFilters({ class: 'x' }, {})).toBe(false);
});
