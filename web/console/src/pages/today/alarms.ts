// What is wrong now, from what the server says of sources, imports, jobs and parked work. Pure, so that every case is
// tested; the page only words it. `undefined` means: not known, or not this person's to see, and says nothing.
import type { BulkReadItem, FreshItem, ImportItem, JobItem, SourceItem } from 'api/contract.ts';
import type { Tone } from 'ui/tokens.ts';

export type AlarmKind = 'silent' | 'staleSource' | 'staleStore' | 'staleStores' | 'feedFailed' | 'parked' | 'importFailed' | 'importWaiting' | 'jobFailed' | 'jobPartial' | 'vacant' | 'cycleReview' | 'cycleLate' | 'noSales' | 'bulkRead' | 'exportsWaiting';
export interface Alarm { kind: AlarmKind; tone: Tone; to: string; name: string; count: number }

export interface Known {
  now: Date;
  sold: number | undefined;
  sources: Pick<SourceItem, 'name' | 'last_received'>[] | undefined;
  // Where it is known it says more than the sources alone.
  freshness?: Pick<FreshItem, 'kind' | 'name' | 'code' | 'alarm' | 'lag_min' | 'error'>[] | undefined;
  imports: Pick<ImportItem, 'id' | 'name' | 'state' | 'changed_at'>[] | undefined;
  jobs: Pick<JobItem, 'state' | 'updated_at'>[] | undefined;
  parked: number | undefined;
  // Posts that a node needs and nobody holds.
  vacancies?: { node_name: string }[] | undefined;
  cycles?: { id: string; name: string; review_due: boolean; items: { overdue: boolean }[] }[] | undefined;
  bulkReads?: Pick<BulkReadItem, 'actor_name' | 'people' | 'closed_at'>[] | undefined;
  exportsWaiting?: number | undefined;
}

const day = 86_400_000;
// Failures older than a week are history, not work.
const fresh = 7 * day;
// More stores than these are counted, not named.
const storesNamed = 5;

// The most pressing first.
export function alarmsOf({ now, sold, sources, freshness, imports, jobs, parked, vacancies, cycles, bulkReads, exportsWaiting }: Known): Alarm[] {
  const age = (at: string): number => now.getTime() - new Date(at).getTime();
  const found: Alarm[] = [];
  const add = (kind: AlarmKind, tone: Tone, to: string, { name = '', count = 1 } = {}): void => {
    if (count > 0) found.push({ kind, tone, to, name, count });
  };
  add('parked', 'danger', '/system?tab=parked', { count: parked ?? 0 });
  for (const one of bulkReads?.filter(({ closed_at: closed }) => !closed) ?? []) {
    add('bulkRead', 'danger', '/audit', { name: one.actor_name, count: one.people });
  }
  add('exportsWaiting', 'warn', '/exports?of=others&state=waiting', { count: exportsWaiting ?? 0 });
  for (const one of imports ?? []) {
    if (one.state === 'failed' && age(one.changed_at) < fresh) add('importFailed', 'danger', `/imports/${one.id}`, { name: one.name });
  }
  const ended = (state: JobItem['state']): number =>
    jobs?.filter((one) => one.state === state && age(one.updated_at) < day).length ?? 0;
  add('jobFailed', 'danger', '/system?tab=jobs', { count: ended('failed') });
  const stale = freshness?.filter((one) => one.alarm) ?? [];
  const hours = (one: { lag_min?: number | null }): number => Math.max(1, Math.floor((one.lag_min ?? 0) / 60));
  for (const one of stale.filter(({ kind }) => kind !== 'store')) {
    if (one.error) add('feedFailed', 'danger', '/sources?tab=feeds', { name: one.name });
    else add('staleSource', 'danger', '/sources?tab=fresh', { name: one.name, count: hours(one) });
  }
  const stores = stale.filter(({ kind }) => kind === 'store');
  for (const one of stores.slice(0, storesNamed)) {
    add('staleStore', 'danger', `/sources?tab=fresh&store=${encodeURIComponent(one.code)}`, { name: `${one.name} ${one.code}`, count: hours(one) });
  }
  if (stores.length > storesNamed) add('staleStores', 'danger', '/sources?tab=fresh', { count: stores.length - storesNamed });
  for (const one of freshness ? [] : sources ?? []) {
    const silent = one.last_received ? Math.floor(age(one.last_received) / day) : 0;
    add('silent', 'warn', '/sources', { name: one.name, count: silent });
  }
  add('jobPartial', 'warn', '/system?tab=jobs', { count: ended('partial') });
  const vacant = [...new Set(vacancies?.map((one) => one.node_name))];
  add('vacant', 'warn', '/organisation?tab=posts', { name: vacant.slice(0, 3).join(' · '), count: vacancies?.length ?? 0 });
  for (const { id, name, review_due: due, items } of cycles ?? []) {
    if (due) add('cycleReview', 'warn', `/cycles/${id}`, { name });
    add('cycleLate', 'warn', `/cycles/${id}`, { name, count: items.filter((one) => one.overdue).length });
  }
  if (sold === 0) add('noSales', 'warn', '/imports');
  for (const one of imports ?? []) {
    if (one.state === 'uploaded' || one.state === 'checked') add('importWaiting', 'progress', `/imports/${one.id}`, { name: one.name });
  }
  return found;
}
