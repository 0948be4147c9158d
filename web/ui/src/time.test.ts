import { describe, expect, test } from 'vitest';
import * as time from './time.ts';

const shanghai = 'Asia/Shanghai';
const london = 'Europe/London';

describe('zones', () => {
  test('an instant is shown in the tenant\'s zone', () => {
    expect(time.dateTime('2026-03-01T06:05:59Z', shanghai)).toBe('2026-03-01 14:05');
    expect(time.dateTimeSeconds('2026-07-01T06:05:59Z', london)).toBe('2026-07-01 07:05:59');
    expect(time.dateTime('2026-02-28T16:30:00Z', shanghai)).toBe('2026-03-01 00:30');
    expect(time.dateTime(undefined, shanghai)).toBe('–');
  });
  test('the business day ends at the cut-off', () => {
    expect(time.businessDay('2026-03-01T19:59:00Z', shanghai, 240)).toBe('2026-03-01');
    expect(time.businessDay('2026-03-01T20:00:00Z', shanghai, 240)).toBe('2026-03-02');
  });
  test('a day starts where the zone says, on the days that its clock moves too', () => {
    expect(time.startOfDay('2026-03-01', shanghai)).toBe('2026-02-28T16:00:00.000Z');
    expect(time.startOfDay('2026-03-29', london)).toBe('2026-03-29T00:00:00.000Z');
    expect(time.startOfDay('2026-03-30', london)).toBe('2026-03-29T23:00:00.000Z');
    expect(time.startOfDay('2026-10-25', london)).toBe('2026-10-24T23:00:00.000Z');
    expect(time.startOfDay('2026-10-26', london)).toBe('2026-10-26T00:00:00.000Z');
  });
  test('every day of a year starts on that day', () => {
    for (const zone of [shanghai, london, 'America/New_York', 'Asia/Kathmandu']) {
      for (let day = '2026-01-01'; day < '2027-01-01'; day = time.addDays(day, 1)) {
        const start = new Date(time.startOfDay(day, zone));
        expect(time.dayOf(start, zone)).toBe(day);
        expect(time.dayOf(new Date(start.getTime() - 1), zone)).toBe(time.addDays(day, -1));
      }
    }
  });
  test('offset', () => expect(time.offsetOf(shanghai, new Date('2026-01-01T00:00:00Z'))).toBe('UTC+8'));
});

describe('ranges', () => {
  const today = '2026-03-31';
  test.each([
    ['yesterday', '2026-03-30', '2026-03-30'], ['last7', '2026-03-24', '2026-03-30'], ['last30', '2026-03-01', '2026-03-30'],
    ['thisMonth', '2026-03-01', '2026-03-31'], ['lastMonth', '2026-02-01', '2026-02-28'], ['thisYear', '2026-01-01', '2026-03-31'],
  ] as const)('%s', (preset, from, to) => expect(time.range(preset, today)).toEqual({ from, to }));
  test('months keep to their length', () => {
    expect(time.addMonths('2026-03-31', -1)).toBe('2026-02-28');
    expect(time.addMonths('2024-02-29', -12)).toBe('2023-02-28');
  });
  test('weeks start on Monday', () => {
    expect(time.weekStart('2026-03-01')).toBe('2026-02-23');
    expect(time.weekStart('2026-03-02')).toBe('2026-03-02');
  });
  test('days between', () => expect(time.daysBetween('2026-02-28', '2026-03-01')).toBe(1));
});

test('ago', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  expect(time.ago('2026-03-01T11:59:30Z', now)).toEqual({ unit: 'seconds', count: 30 });
  expect(time.ago('2026-03-01T10:00:00Z', now)).toEqual({ unit: 'hours', count: 2 });
  expect(time.ago('2026-03-02T10:00:00Z', now)).toEqual({ unit: 'seconds', count: 0 });
});
