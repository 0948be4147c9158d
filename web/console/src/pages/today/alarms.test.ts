import { expect, test } from 'vitest';
import { alarmsOf, type Known } from './alarms.ts';

const now = new Date('2026-03-01T10:00:00Z');
const none: Known = { now, sold: undefined, sources: undefined, imports: undefined, jobs: undefined, parked: undefined };
const kinds = (known: Partial<Known>) => alarmsOf({ ...none, ...known }).map((one) => one.kind);

test('what is not known says nothing', () => {
  expect(kinds({})).toEqual([]);
  expect(kinds({ sold: 3, parked: 0, sources: [], imports: [], jobs: [] })).toEqual([]);
});

test('a source is silent after a whole day, and never when it never spoke', () => {
  expect(kinds({ sources: [{ name: 'a', last_received: '2026-02-28T10:00:01Z' }] })).toEqual([]);
  expect(kinds({ sources: [{ name: 'a' }] })).toEqual([]);
  expect(alarmsOf({ ...none, sources: [{ name: 'till', last_received: '2026-02-26T09:00:00Z' }] }))
    .toEqual([{ kind: 'silent', tone: 'warn', to: '/sources', name: 'till', count: 3 }]);
});

test('old failures are history; of jobs only the last day counts', () => {
  const failed = { id: 'imp_1', name: 'a.csv', state: 'failed' as const };
  expect(kinds({ imports: [{ ...failed, changed_at: '2026-02-20T10:00:00Z' }] })).toEqual([]);
  expect(kinds({ imports: [{ ...failed, changed_at: '2026-02-28T10:00:00Z' }] })).toEqual(['importFailed']);
  expect(kinds({ jobs: [{ state: 'failed', updated_at: '2026-02-27T10:00:00Z' }] })).toEqual([]);
  const jobs = (['failed', 'partial', 'done', 'failed'] as const).map((state) => ({ state, updated_at: '2026-03-01T09:00:00Z' }));
  expect(alarmsOf({ ...none, jobs }).map((one) => [one.kind, one.count])).toEqual([['jobFailed', 2], ['jobPartial', 1]]);
});

test('the most pressing comes first', () => {
  expect(kinds({
    parked: 2, sold: 0,
    imports: [{ id: 'imp_2', name: 'b.csv', state: 'checked', changed_at: '2026-03-01T09:00:00Z' }, { id: 'imp_3', name: 'c.csv', state: 'failed', changed_at: '2026-03-01T09:00:00Z' }],
  })).toEqual(['parked', 'importFailed', 'noSales', 'importWaiting']);
});

test('a stopped source and a stopped store are named; many stores are counted', () => {
  const store = (n: number) => ({ kind: 'store' as const, name: `${n}号店`, code: `S${n}`, alarm: true, lag_min: 2200, error: '' });
  const freshness = [
    { kind: 'source' as const, name: '官网', code: '', alarm: true, lag_min: 125, error: '' },
    { kind: 'feed' as const, name: '收银', code: '', alarm: true, lag_min: 10, error: 'HTTP 401' },
    { kind: 'source' as const, name: '小程序', code: '', alarm: false, lag_min: 9, error: '' },
    ...Array.from({ length: 7 }, (_, n) => store(n)),
  ];
  const nothing = { now: new Date(), sold: undefined, sources: undefined, imports: undefined, jobs: undefined, parked: undefined };
  const found = alarmsOf({ ...nothing, freshness });
  expect(found.map(({ kind, name, count }) => `${kind} ${name} ${count}`)).toEqual([
    'staleSource 官网 2', 'feedFailed 收银 1',
    ...Array.from({ length: 5 }, (_, n) => `staleStore ${n}号店 S${n} 36`), 'staleStores  2',
  ]);
});

test('vacant posts are counted, and the first places named', () => {
  expect(kinds({ vacancies: [] })).toEqual([]);
  const vacancies = ['一店', '一店', '二店', '三店', '四店'].map((node_name) => ({ node_name }));
  expect(alarmsOf({ ...none, vacancies })).toEqual([{ kind: 'vacant', tone: 'warn', to: '/organisation?tab=posts', name: '一店 · 二店 · 三店', count: 5 }]);
});

test('a cycle waits for its review, and says what is overdue', () => {
  const cycle = { id: 'cyc_1', name: '春茶季', review_due: false, items: [{ overdue: false }] };
  expect(kinds({ cycles: [cycle] })).toEqual([]);
  const items = [{ overdue: true }, { overdue: false }, { overdue: true }];
  expect(alarmsOf({ ...none, cycles: [{ ...cycle, review_due: true, items }] })).toEqual([
    { kind: 'cycleReview', tone: 'warn', to: '/cycles/cyc_1', name: '春茶季', count: 1 },
    { kind: 'cycleLate', tone: 'warn', to: '/cycles/cyc_1', name: '春茶季', count: 2 },
  ]);
});

test('a bulk read stays until somebody has looked into it, and requests wait for whoever may decide', () => {
  const read = { actor_name: 'yun', people: 200 };
  expect(alarmsOf({ ...none, bulkReads: [{ ...read, closed_at: '2026-03-01T09:00:00Z' }, read], exportsWaiting: 2 })).toEqual([
    { kind: 'bulkRead', tone: 'danger', to: '/audit', name: 'yun', count: 200 },
    { kind: 'exportsWaiting', tone: 'warn', to: '/exports?of=others&state=waiting', name: '', count: 2 },
  ]);
  expect(kinds({ exportsWaiting: 0, bulkReads: [] })).toEqual([]);
});
