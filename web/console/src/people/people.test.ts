import { expect, test } from 'vitest';
import { decodePeople, encodePeople, exportAddress, filtersOf, type People } from './people.ts';

const all: People[] = [
  { kind: 'metric', id: 'M-07', variant: 'per_order', part: 'denominator', from: '2026-02-01', to: '2026-02-28', node: '' },
  { kind: 'metric', id: 'net_sales', variant: '', part: 'numerator', from: '2026-02-01', to: '2026-02-28', node: 'org_01M82Q4JD65QTAP7FZ5V3GJFJB' },
  { kind: 'metric', id: 'newcomers', variant: '', part: 'numerator', from: '2026-02-01', to: '2026-02-28', node: '', slice: { by: 'product', key: 'A~1/\u8336 %' } },
  { kind: 'class', class: 'important_keep', asOf: '2026-02-28', node: '' },
  { kind: 'cell', r: 5, f: 1, asOf: '2026-02-28', node: '' },
];

test('the door survives the address', () => {
  for (const people of all) {
    const params = new URLSearchParams({ people: encodePeople(people) });
    expect(decodePeople(new URLSearchParams(params.toString()).get('people') ?? '')).toEqual(people);
  }
});

test.each(['', 'm', 'm~M-07', 'c~no_class~~', 'm~../x~~n~2026-01-01~2026-01-02~', 'x~y', 'm~~~n~2026-01-01~2026-01-02~', 'x~6~1~~', 'x~5~1~', 'm~a~~n~b~c~~year~k', 'm~a~~n~b~c~~guide~%E0%A4%A'])(
  '%s opens nothing', (word) => expect(decodePeople(word)).toBeUndefined());

test('the file of a number asks for the same people as its list', () => {
  expect(exportAddress(filtersOf(all[0] as People))).toBe('/api/v1/customers.csv?metric=M-07&variant=per_order&part=denominator&from=2026-02-01&to=2026-02-28');
  expect(exportAddress(filtersOf({ kind: 'cell', r: 5, f: 1, asOf: '2026-02-28', node: '' }))).toBe('/api/v1/customers.csv?rfm_r=5&rfm_f=1&rfm_as_of=2026-02-28');
});

test('an export asks for what the list asks for', () => {
  expect(exportAddress({ rfm_class: 'important_value', node: '', known: false })).toBe('/api/v1/customers.csv?rfm_class=important_value&known=false');
});
