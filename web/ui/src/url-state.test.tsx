import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter, useLocation } from 'react-router';
import { describe, expect, test } from 'vitest';
import { day, decode, encode, flag, list, oneOf, optional, text, tristate, useUrlState, whole } from './url-state.ts';

const schema = {
  q: text('', 10), sort: oneOf(['last', 'spend'], 'last'), kind: optional(['a', 'b']), size: whole(20, 1, 200),
  only: flag, known: tristate, from: day(), show: list(['x', 'y', 'z'], ['x']),
};

describe('codec', () => {
  test('a state survives the round trip', () => {
    const states = [
      { q: '会员 a&b=c', sort: 'spend', kind: 'b', size: 50, only: true, known: false, from: '2026-02-28', show: ['z', 'y'] },
      { q: '', sort: 'last', kind: '', size: 20, only: false, known: undefined, from: '', show: ['x'] },
    ] as const;
    for (const state of states) {
      const params = encode(schema, state as never, new URLSearchParams());
      expect(decode(schema, new URLSearchParams(params.toString()))).toEqual(state);
    }
  });
  test('what equals its default is not written', () => {
    expect(encode(schema, decode(schema, new URLSearchParams()), new URLSearchParams()).toString()).toBe('');
  });
  test('what cannot be read counts as the default', () => {
    const bad = new URLSearchParams('q=longer-than-ten&sort=no&kind=c&size=1000&only=2&known=x&from=2026-02-30&show=w');
    expect(decode(schema, bad)).toEqual(decode(schema, new URLSearchParams()));
  });
  test('keys of others stay', () => {
    const params = encode(schema, { q: '' }, new URLSearchParams('q=a&people=x'));
    expect(params.toString()).toBe('people=x');
  });
});

test('the hook reads and writes the address', () => {
  const wrapper = ({ children }: { children: ReactNode }) => <MemoryRouter initialEntries={['/p?sort=spend&people=x']}>{children}</MemoryRouter>;
  const { result } = renderHook(() => ({ state: useUrlState(schema), search: useLocation().search }), { wrapper });
  expect(result.current.state[0].sort).toBe('spend');
  act(() => result.current.state[1]({ sort: 'last', size: 50 }));
  expect(result.current.search).toBe('?people=x&size=50');
});
