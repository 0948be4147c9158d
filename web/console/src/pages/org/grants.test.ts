import { expect, test } from 'vitest';
import { grants, toggled } from './grants.ts';

const all = ['customer.read', 'customer.reveal', 'order.read', 'org.read'];

test('names and patterns grant', () => {
  expect(grants(['customer.*'], 'customer.read')).toBe(true);
  expect(grants(['customer.*'], 'order.read')).toBe(false);
  expect(grants(['*'], 'order.read')).toBe(true);
  expect(grants(['order.read'], 'order.read')).toBe(true);
});

test('turning one over changes exactly that one', () => {
  for (const patterns of [[], ['*'], ['customer.*'], ['customer.*', 'order.read'], ['customer.read', 'customer.*']]) {
    for (const permission of all) {
      const next = toggled(patterns, permission, all);
      for (const one of all) expect(grants(next, one)).toBe(one === permission ? !grants(patterns, one) : grants(patterns, one));
    }
  }
});
