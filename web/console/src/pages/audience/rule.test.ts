import { expect, test } from 'vitest';
import { change, emptyGroup, isGroup, literalText, move, newId, numberLiteral, partAt, remove, step, toDraft, toRule, valueFor, type History } from './rule.ts';
import type { Rule } from './types.ts';

const a: Rule = { attribute: 'orders.count', op: 'ge', value: 3 };
const b: Rule = { count: { type: 'order.paid', where: [{ property: 'amount', op: 'ge', value: { number: 1995, decimals: 1 } }] }, window: { last: 30, unit: 'day' }, op: 'ge', value: 1 };
const c: Rule = { absence: { type: 'visit' }, window: { last: 60, unit: 'day' } };
const d: Rule = { sequence: [{ event: { type: 'cart' } }, { event: { type: 'order.paid' }, within: 7, unit: 'day', without: { type: 'leave' } }] };
const rules: Rule[] = [
  a, { not: a }, { not: { not: a } }, { all: [a, b] }, { any: [a, { not: { all: [b, c] } }, d] }, { not: { any: [a, c] } },
  { all: [{ any: [a, b] }, { all: [c, d] }, { rhythm: { type: 'visit' }, percentile: 90 }, { tag: 'vip' }, { segment: 's' }, { org: 'S1' }] },
];

test.each(rules.map((rule) => [rule]))('%j goes into the builder and comes back', (rule) => {
  expect(toRule(toDraft(rule))).toEqual(rule);
});

test('an unfinished draft asks for what it has, or for nothing', () => {
  expect(toRule(emptyGroup())).toBeUndefined();
  const group = toDraft({ all: [a, b] });
  const first = group.children[0]?.id ?? 0;
  expect(toRule(remove(group, first))).toEqual(b);
  const nested = { ...emptyGroup(), children: [emptyGroup(), ...toDraft({ all: [a, b] }).children] };
  expect(toRule(nested)).toEqual({ all: [a, b] });
});

test('an error points at the part it lies in', () => {
  const draft = toDraft({ all: [a, { not: { any: [b, c] } }] });
  const places = new Map<string, number>();
  toRule(draft, 'rule', places);
  const negated = draft.children[1];
  const inner = negated && isGroup(negated) ? negated.children[1]?.id : undefined;
  expect(partAt(places, 'rule/all/0/op')).toBe(draft.children[0]?.id);
  expect(partAt(places, 'rule/all/1/not/any/1/window/last')).toBe(inner);
  expect(partAt(places, 'rule/all/1')).toBe(negated?.id);
  expect(partAt(places, 'text/3')).toBeUndefined();
});

test('deleting or moving a row touches no other, and undo is exact', () => {
  let history: History = { now: toDraft({ all: [a, b, c] }), past: [], future: [] };
  const start = history.now;
  const second = start.children[1]?.id ?? 0;
  history = step(history, { do: 'set', to: move(history.now, second, -1) });
  expect(toRule(history.now)).toEqual({ all: [b, a, c] });
  history = step(history, { do: 'set', to: remove(history.now, second) });
  expect(toRule(history.now)).toEqual({ all: [a, c] });
  history = step(history, { do: 'set', to: change(history.now, history.now.id, (one) => ({ ...one, join: 'any' }) as typeof history.now) });
  expect(toRule(history.now)).toEqual({ any: [a, c] });
  for (let i = 0; i < 3; ++i) history = step(history, { do: 'undo' });
  expect(history.now).toBe(start);
  for (let i = 0; i < 3; ++i) history = step(history, { do: 'redo' });
  expect(toRule(history.now)).toEqual({ any: [a, c] });
  expect(step(history, { do: 'redo' })).toBe(history);
});

test.each([['199.50', { number: 1995, decimals: 1 }], ['5,000', 5000], ['-0.05', { number: -5, decimals: 2 }], ['3.00', 3], ['', undefined], ['1e3', undefined], ['abc', undefined]])(
  '%s is a number', (text, literal) => {
    expect(numberLiteral(text)).toEqual(literal);
    if (literal !== undefined) expect(numberLiteral(literalText(literal))).toEqual(literal);
  });

test('a changed operator keeps the value when it can', () => {
  expect(valueFor('ge', 'number', 3)).toBe(3);
  expect(valueFor('in', 'text', 'x')).toEqual(['x']);
  expect(valueFor('eq', 'text', ['x', 'y'])).toBe('x');
  expect(valueFor('known', 'text', 'x')).toBeUndefined();
  expect(valueFor('before', 'moment', 30)).toEqual({ day: '' });
  expect(newId()).not.toBe(newId());
});
