// The address is the page: filters, sort, period and drawers live in the query of the URL. A codec reads a key and
// writes it back; a value equal to its default is left out, an unreadable one counts as the default.
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

export interface Codec<T> {
  initial: T;
  read: (text: string) => T | undefined;
  write: (value: T) => string;
}

export const text = (initial = '', longest = 200): Codec<string> => ({
  initial,
  read: (raw) => (raw.length <= longest ? raw : undefined),
  write: (value) => value,
});

export const oneOf = <T extends string>(values: readonly T[], initial: T): Codec<T> => ({
  initial,
  read: (raw) => values.find((value) => value === raw),
  write: (value) => value,
});

export const optional = <T extends string>(values: readonly T[]): Codec<T | ''> => ({
  initial: '',
  read: (raw) => values.find((value) => value === raw),
  write: (value) => value,
});

export const whole = (initial: number, least: number, most: number): Codec<number> => ({
  initial,
  read: (raw) => {
    const value = /^-?\d{1,15}$/.test(raw) ? Number(raw) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  },
  write: String,
});

export const flag: Codec<boolean> = {
  initial: false,
  read: (raw) => (raw === '1' ? true : undefined),
  write: () => '1',
};

// Yes, no, or not asked.
export const tristate: Codec<boolean | undefined> = {
  initial: undefined,
  read: (raw) => (raw === '1' ? true : raw === '0' ? false : undefined),
  write: (value) => (value ? '1' : '0'),
};

export const day = (initial = ''): Codec<string> => ({
  initial,
  read: (raw) => (isDay(raw) ? raw : undefined),
  write: (value) => value,
});

function isDay(raw: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(raw)) return false;
  const date = new Date(`${raw}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(raw);
}

export const list = <T extends string>(values: readonly T[], initial: readonly T[] = []): Codec<readonly T[]> => ({
  initial,
  read: (raw) => {
    const found = raw.split('.').filter((one): one is T => (values as readonly string[]).includes(one));
    return found.length > 0 ? found : undefined;
  },
  write: (value) => value.join('.'),
});

// eslint-disable-next-line typescript/no-explicit-any
export type Schema = Record<string, Codec<any>>;
export type State<S extends Schema> = { [K in keyof S]: S[K] extends Codec<infer T> ? T : never };

const same = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => one === b[i]));

export function decode<S extends Schema>(schema: S, params: URLSearchParams): State<S> {
  const state: Record<string, unknown> = {};
  for (const [key, codec] of Object.entries(schema)) {
    const raw = params.get(key);
    state[key] = raw === null ? codec.initial : (codec.read(raw) ?? codec.initial);
  }
  return state as State<S>;
}

// Keys that the schema does not own stay as they are.
export function encode<S extends Schema>(schema: S, state: Partial<State<S>>, into: URLSearchParams): URLSearchParams {
  const params = new URLSearchParams(into);
  for (const [key, value] of Object.entries(state)) {
    const codec = schema[key];
    if (!codec) continue;
    if (value === undefined || same(value, codec.initial) || value === '') params.delete(key);
    else params.set(key, codec.write(value));
  }
  return params;
}

export type Change<S extends Schema> = (next: Partial<State<S>>, how?: 'push' | 'replace') => void;

// Filters replace history, opening a page or a drawer pushes it: the caller says which.
export function useUrlState<S extends Schema>(schema: S): [State<S>, Change<S>] {
  const [params, setParams] = useSearchParams();
  const state = useMemo(() => decode(schema, params), [schema, params]);
  const change = useCallback<Change<S>>(
    (next, how = 'replace') => {
      setParams((before) => encode(schema, next, before), { replace: how === 'replace', preventScrollReset: true });
    },
    [schema, setParams],
  );
  return [state, change];
}
