import { expect, test } from 'vitest';
import { matches, objectAddress, orderNumber } from './matching.ts';

test('pages are found by Chinese, by pinyin and by its initials', () => {
  const words = ['客户', 'customers', 'kh|kehu'];
  for (const typed of ['客', 'kh', 'KEHU', 'custom', '']) expect(matches(typed, words)).toBe(true);
  expect(matches('dd', words)).toBe(false);
});

test('whole ids lead to their page', () => {
  expect(objectAddress('cus_01M82Q4KMRN4YG0X3YWRF29JWE')).toBe('/customers/cus_01M82Q4KMRN4YG0X3YWRF29JWE');
  expect(objectAddress('cus_01')).toBeUndefined();
  expect(objectAddress('stf_01M82Q4KMRN4YG0X3YWRF29JWE')).toBeUndefined();
});

test('a phone number is never taken for an order number: it must not reach an address', () => {
  expect(orderNumber('536365')).toBe(true);
  expect(orderNumber('C536379')).toBe(true);
  expect(orderNumber('13800138000')).toBe(false);
  expect(orderNumber('+8613800138000')).toBe(false);
  expect(orderNumber('8613800138000')).toBe(false);
});
