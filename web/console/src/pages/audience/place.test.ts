import { expect, test } from 'vitest';
import { excerpt } from './place.ts';

test('an error points at its word, on its line', () => {
  const text = '订单数 >= 3\n且 城市 = "上海"';
  expect(excerpt(text, 'text/0')).toEqual({ line: 1, before: '', word: '订单数', after: ' >= 3' });
  expect(excerpt(text, 'text/11')).toEqual({ line: 2, before: '且 ', word: '城市', after: ' = "上海"' });
  expect(excerpt(text, 'text/16')).toEqual({ line: 2, before: '且 城市 = ', word: '"上海"', after: '' });
  expect(excerpt(text, 'text/999')).toEqual({ line: 2, before: '且 城市 = "上海"', word: '', after: '' });
  expect(excerpt(text, 'rule/all/0')).toBeUndefined();
});
