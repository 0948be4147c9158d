// Questions of the lifecycle pages.
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import type { Page } from 'api/contract.ts';
import type { components } from 'api/schema.d.ts';
import { ask } from '../audience/ask.ts';
import type { AudiencePerson, RuleForms } from '../audience/replies.ts';
import type { Rule } from '../audience/types.ts';

type Schemas = components['schemas'];
export type Stage = Omit<Schemas['audience.StageView'], 'forms'> & { forms: RuleForms };
export type Lifecycle = Omit<Schemas['audience.LifecycleView'], 'stages'> & { stages: Stage[] };
export type Flow = Schemas['audience.Flow'];
export type StageKind = Stage['kind'];
export type StagePerson = Omit<Schemas['audience.StagePerson'], 'person'> & { person: AudiencePerson };
export type Ready = Schemas['audience.ReadyLifecycle'];
export type CustomerStage = Schemas['audience.CustomerStage'];
export interface StageInput { id?: string; name: string; kind: StageKind; description?: string; text?: string; rule?: Rule }
export const stageKinds = ['public', 'fan', 'new', 'growing', 'mature', 'declining', 'lost', 'won_back', 'other'] as const satisfies readonly StageKind[];

export const lifecyclesQuery = queryOptions({
  queryKey: ['lifecycles', 'list'],
  queryFn: ({ signal }) => ask<{ items: Lifecycle[]; as_of: string }>('GET', 'lifecycles', { signal }),
});
export const readyQuery = queryOptions({
  queryKey: ['lifecycles', 'ready'], queryFn: ({ signal }) => ask<{ items: Ready[] }>('GET', 'lifecycles/ready', { signal }),
});
export const fillReady = (key: string, values: Record<string, string>) => ask<{ items: Ready[] }>('POST', 'lifecycles/ready', { body: { key, values } });
export const flowQuery = (id: string, from: string, to: string) => queryOptions({
  queryKey: ['lifecycles', id, 'flow', from, to],
  queryFn: ({ signal }) => ask<Schemas['audience.FlowReply']>('GET', 'lifecycles/{id}/flow', { params: { path: { id }, query: { from: from || undefined, to: to || undefined } }, signal }),
});
export const flowPeople = (id: string, from: string, to: string, before: number, after: number, cursor: string, signal?: AbortSignal) =>
  ask<Page<AudiencePerson>>('GET', 'lifecycles/{id}/flow/people', { params: { path: { id }, query: { from, to, before, after, cursor: cursor || undefined, limit: 20 } }, signal });
export const stagePeopleQuery = (id: string, cursor: string) => queryOptions({
  queryKey: ['stages', 'people', id, cursor],
  queryFn: ({ signal }) => ask<Page<StagePerson>>('GET', 'stages/{id}/people', { params: { path: { id }, query: { cursor: cursor || undefined, limit: 20 } }, signal }),
});
export const customerStagesQuery = (id: string) => queryOptions({
  queryKey: ['customer', id, 'stages'],
  queryFn: ({ signal }) => ask<{ items: CustomerStage[] }>('GET', 'customers/{id}/stages', { params: { path: { id } }, signal }),
});

export const tryStages = (stages: StageInput[], id: string | undefined, signal?: AbortSignal) =>
  ask<Flow>('POST', 'lifecycles/preview', { body: { ...(id ? { id } : {}), stages }, signal });
export const addLifecycle = (fields: { name: string; scale: 'big' | 'small'; description?: string; stages: StageInput[] }) =>
  ask<{ id: string }>('POST', 'lifecycles', { body: fields });
export const changeLifecycle = (id: string, fields: { version?: number; name: string; description?: string; stages: StageInput[] }) =>
  ask<unknown>('PUT', 'lifecycles/{id}', { params: { path: { id } }, body: fields });
const at = (id: string) => ({ params: { path: { id } } });
export const undoLifecycle = (id: string) => ask<unknown>('POST', 'lifecycles/{id}/undo', { ...at(id), body: {} });
export const archiveLifecycle = (id: string) => ask<unknown>('DELETE', 'lifecycles/{id}', at(id));
export const restoreLifecycle = (id: string) => ask<unknown>('POST', 'lifecycles/{id}/restore', { ...at(id), body: {} });

export function useFreshStages(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(['lifecycles', 'stages', 'rules', 'customer'].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
}
