// The questions of these pages. Sets are segments or tags; what both have goes by their family.
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { Page } from 'api/contract.ts';
import type {
  Assigned, Belonging, PeoplePage, Preview, RuleCheck, RuleWords, SegmentList, SetChange, SetKey, SetView, Sizes, TagList,
} from './replies.ts';
import type { Rule } from './types.ts';

export type Family = 'segments' | 'tags' | 'stages';
export type RuleInput = { text: string } | { rule: Rule };

interface Options { params?: { path?: Record<string, unknown>; query?: Record<string, unknown> }; body?: unknown; signal?: AbortSignal }
type Call = (path: string, options?: Options) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
const routes = api as unknown as Record<'GET' | 'POST' | 'PUT' | 'DELETE', Call>;
export const ask = <T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, options?: Options): Promise<T> =>
  body(routes[method](`/api/v1/${path}`, options)) as Promise<T>;

export const wordsQuery = queryOptions({
  queryKey: ['rules', 'words'], staleTime: 60_000,
  queryFn: ({ signal }) => ask<RuleWords>('GET', 'rules/words', { signal }),
});
export const segmentsQuery = (archived = false) => queryOptions({
  queryKey: ['segments', 'list', archived],
  queryFn: ({ signal }) => ask<SegmentList>('GET', 'segments', { params: { query: archived ? { archived } : {} }, signal }),
});
export const tagsQuery = (archived = false) => queryOptions({
  queryKey: ['tags', 'list', archived],
  queryFn: ({ signal }) => ask<TagList>('GET', 'tags', { params: { query: archived ? { archived } : {} }, signal }),
});
export const segmentQuery = (id: string) => queryOptions({
  queryKey: ['segments', 'one', id],
  queryFn: ({ signal }) => ask<SetView>('GET', 'segments/{id}', { params: { path: { id } }, signal }),
});
export const peopleQuery = (family: Family, id: string, cursor: string) => queryOptions({
  queryKey: [family, 'people', id, cursor],
  queryFn: ({ signal }) => ask<PeoplePage>('GET', `${family}/{id}/people`, { params: { path: { id }, query: { cursor: cursor || undefined, limit: 20 } }, signal }),
});
export const changesQuery = (family: Family, id: string, cursor: string) => queryOptions({
  queryKey: [family, 'changes', id, cursor],
  queryFn: ({ signal }) => ask<Page<SetChange>>('GET', `${family}/{id}/changes`, { params: { path: { id }, query: { cursor: cursor || undefined, limit: 20 } }, signal }),
});
export const sizesQuery = (family: Family, id: string) => queryOptions({
  queryKey: [family, 'sizes', id],
  queryFn: ({ signal }) => ask<Sizes>('GET', `${family}/{id}/sizes`, { params: { path: { id } }, signal }),
});
export const belongingsQuery = (id: string) => queryOptions({
  queryKey: ['customer', id, 'audience'],
  queryFn: ({ signal }) => ask<{ items: Belonging[] }>('GET', 'customers/{id}/audience', { params: { path: { id } }, signal }),
});

export const checkRule = (input: RuleInput, signal?: AbortSignal) => ask<RuleCheck>('POST', 'rules/check', { body: input, signal });
export const previewRule = (input: RuleInput, signal?: AbortSignal) => ask<Preview>('POST', 'segments/preview', { body: input, signal });

export interface SetFields { name?: string; description?: string; text?: string; rule?: Rule; customers?: string[] }
export interface TagFields extends SetFields { tag_class?: string; group?: string; life_days?: number }
export const addSegment = (fields: SetFields) => ask<SetKey>('POST', 'segments', { body: fields });
export const changeSegment = (id: string, fields: SetFields) => ask<unknown>('PUT', 'segments/{id}', { params: { path: { id } }, body: fields });
export const addTag = (fields: TagFields) => ask<SetKey>('POST', 'tags', { body: fields });
export const changeTag = (id: string, fields: TagFields) => ask<unknown>('PUT', 'tags/{id}', { params: { path: { id } }, body: fields });
export const addGroup = (name: string, exclusive: boolean) => ask<SetKey>('POST', 'tag-groups', { body: { name, exclusive } });
export const archive = (family: Family, id: string) => ask<unknown>('DELETE', `${family}/{id}`, { params: { path: { id } } });
export const restore = (family: Family, id: string) => ask<unknown>('POST', `${family}/{id}/restore`, { params: { path: { id } } });
export const applyTag = (id: string, customers: string[]) => ask<Assigned>('POST', 'tags/{id}/people', { params: { path: { id } }, body: { customers } });
export const removeTag = (id: string, customers: string[]) => ask<Assigned>('POST', 'tags/{id}/people/remove', { params: { path: { id } }, body: { customers } });
export const undoBatch = (batch: number) => ask<Assigned>('POST', 'tag-batches/{batch}/undo', { params: { path: { batch } } });

// After a change of who is in what.
export function useFresh(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(['segments', 'tags', 'rules', 'customer'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}
