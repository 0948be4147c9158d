import { ApiProblem } from 'api/client.ts';
import { expect, test } from 'vitest';
import { overLimit, servesFile } from './ExportButton.tsx';

test('a refusal of the gate names the export to ask for; any other problem is none of it', () => {
  const errors = [{ field: 'export', rule: 'too_many_people', reason: 'r' }];
  expect(overLimit(new ApiProblem(422, { detail: 'export exp_01ABC', errors }))?.id).toBe('exp_01ABC');
  expect(overLimit(new ApiProblem(422, { detail: 'export exp_01ABC', errors: [{ field: 'from', rule: 'x', reason: 'r' }] }))).toBeUndefined();
  expect(overLimit(new Error('export exp_01ABC'))).toBeUndefined();
});

test('a route with a capture serves the addresses that fit it', () => {
  expect(servesFile('/api/v1/customers.csv', '/api/v1/customers.csv?known=true')).toBe(true);
  expect(servesFile('/api/v1/segments/{id}/export.csv', '/api/v1/segments/set_1/export.csv')).toBe(true);
  expect(servesFile('/api/v1/customers.csv', '/api/v1/customersXcsv')).toBe(false);
  expect(servesFile('/api/v1/segments/{id}/export.csv', '/api/v1/segments/a/b/export.csv')).toBe(false);
});
