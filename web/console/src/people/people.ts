// The door behind a number: which people, as one word of the address. The drawer asks the same query that made the
// number, so that its count is the same.
import { api, body } from 'api/client.ts';
import type { CustomerItem, Page, RfmName } from 'api/contract.ts';
import { isRfm } from './rfm.ts';

// What one guide sold, what came by one channel, or one product.
export const slices = ['guide', 'channel', 'product'] as const;
export interface Slice { by: (typeof slices)[number]; key: string }

export type People =
  | { kind: 'metric'; id: string; variant: string; part: 'numerator' | 'denominator'; from: string; to: string; node: string; slice?: Slice }
  | { kind: 'class'; class: RfmName; asOf: string; node: string }
  | { kind: 'cell'; r: number; f: number; asOf: string; node: string };

export const peopleKey = 'people';

const clean = (text: string): boolean => /^[\w.-]{0,64}$/.test(text);

export function encodePeople(people: People): string {
  if (people.kind === 'metric' && people.slice) {
    const { slice, ...whole } = people;
    return [encodePeople(whole), slice.by, encodeURIComponent(slice.key).replaceAll('~', '%7E')].join('~');
  }
  if (people.kind === 'metric') return ['m', people.id, people.variant, people.part === 'numerator' ? 'n' : 'd', people.from, people.to, people.node].join('~');
  if (people.kind === 'cell') return ['x', people.r, people.f, people.asOf, people.node].join('~');
  return ['c', people.class, people.asOf, people.node].join('~');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export function decodePeople(text: string): People | undefined {
  const [kind, ...parts] = text.split('~');
  if (kind === 'm' && parts.length === 8) {
    const by = slices.find((one) => one === parts[6]);
    const key = decoded(parts[7] ?? '');
    const whole = decodePeople(['m', ...parts.slice(0, 6)].join('~'));
    return by && key && whole?.kind === 'metric' ? { ...whole, slice: { by, key } } : undefined;
  }
  if (!parts.every(clean)) return undefined;
  if (kind === 'm' && parts.length === 6) {
    const [id = '', variant = '', part, from = '', to = '', node = ''] = parts;
    if (!id || !from || !to) return undefined;
    return { kind: 'metric', id, variant, part: part === 'n' ? 'numerator' : 'denominator', from, to, node };
  }
  if (kind === 'c' && parts.length === 3) {
    const [name = '', asOf = '', node = ''] = parts;
    return isRfm(name) ? { kind: 'class', class: name, asOf, node } : undefined;
  }
  if (kind === 'x' && parts.length === 4) {
    const [r = '', f = '', asOf = '', node = ''] = parts;
    return /^[1-5]$/.test(r) && /^[1-5]$/.test(f) ? { kind: 'cell', r: Number(r), f: Number(f), asOf, node } : undefined;
  }
  return undefined;
}

export const sliceQuery = (slice?: Slice): Partial<Record<Slice['by'], string>> => (slice ? { [slice.by]: slice.key } : {});

interface Paging { cursor?: string; limit?: number; signal?: AbortSignal }

export function fetchPeople(people: People, { cursor, limit, signal }: Paging): Promise<Page<CustomerItem>> {
  const page = { cursor: cursor || undefined, limit };
  if (people.kind === 'class') {
    const query = { ...page, as_of: people.asOf || undefined, node: people.node || undefined };
    return body(api.GET('/api/v1/rfm/{rfm_class}/people', { params: { path: { rfm_class: people.class }, query }, signal }));
  }
  if (people.kind === 'cell') {
    const query = { ...page, rfm_r: people.r, rfm_f: people.f, rfm_as_of: people.asOf || undefined, node: people.node || undefined };
    return body(api.GET('/api/v1/customers', { params: { query }, signal }));
  }
  const { id, part, from, to } = people;
  const query = { ...page, part, from, to, node: people.node || undefined, variant: people.variant || undefined, ...sliceQuery(people.slice) };
  return body(api.GET('/api/v1/metrics/{id}/people', { params: { path: { id }, query }, signal }));
}

// The same people as filters of the list of customers, and so of its file.
export function filtersOf(people: People): Record<string, string | undefined> {
  const { node } = people;
  if (people.kind === 'class') return { rfm_class: people.class, rfm_as_of: people.asOf, node };
  if (people.kind === 'cell') return { rfm_r: String(people.r), rfm_f: String(people.f), rfm_as_of: people.asOf, node };
  return { metric: people.id, variant: people.variant, part: people.part, from: people.from, to: people.to, node, ...sliceQuery(people.slice) };
}

// The list as a file, made and audited by the server; masked.
export function exportAddress(filters: Record<string, string | boolean | undefined>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(filters)) if (value !== undefined && value !== '') params.set(key, String(value));
  return `/api/v1/customers.csv?${params}`;
}
