// Questions of the pages around models, splits, strategies and tag reports.
import { queryOptions } from '@tanstack/react-query';
import type { Page } from 'api/contract.ts';
import type { components } from 'api/schema.d.ts';
import { ask } from '../audience/ask.ts';
import type { AudiencePerson, RuleForms } from '../audience/replies.ts';
import type { Rule } from '../audience/types.ts';

type Schemas = components['schemas'];
export type Model = Schemas['audience.ModelView'];
export type Run = Schemas['audience.RunView'];
export type Report = Schemas['audience.RunReport'];
export type ModelPerson = Schemas['audience.ModelPerson'];
export type ChannelSplit = Schemas['audience.ChannelSplit'];
export type Clusters = Schemas['audience.Clusters'];
export type Coverage = Schemas['audience.TagCoverage'];
export type Warning = Schemas['audience.TagWarning'];
export type Strategy = Schemas['audience.StrategyView'];
export type Trace = Schemas['audience.StrategyTrace'];
export type Template = Schemas['audience.TemplateView'];
export type Reached = Schemas['audience.Reached'];
type WithRule<T> = Omit<T, 'rule'> & { rule: Rule };
export type Quadrant = WithRule<Schemas['audience.Quadrant']>;
export type Quadrants = Omit<Schemas['audience.Quadrants'], 'items'> & { items: Quadrant[] };
export type Cell = WithRule<Schemas['audience.CrossCell']>;
export type Cross = Omit<Schemas['audience.CrossTable'], 'table'> & { table: { cells: Cell[] }[] };

export const modelsQuery = queryOptions({ queryKey: ['models'], queryFn: ({ signal }) => ask<{ items: Model[] }>('GET', 'models', { signal }) });
export const runsQuery = (model: string) => queryOptions({
  queryKey: ['models', model, 'runs'],
  queryFn: ({ signal }) => ask<{ items: Run[] }>('GET', 'models/{model}/runs', { params: { path: { model } }, signal }),
});
export const modelPeopleQuery = (model: string, part: string, cursor: string, run: number) => queryOptions({
  queryKey: ['models', model, 'people', part, cursor, run],
  queryFn: ({ signal }) => ask<Page<ModelPerson>>('GET', 'models/{model}/people', { params: { path: { model }, query: { part: part || undefined, cursor: cursor || undefined, limit: 20 } }, signal }),
});
export const runModel = (model: string, horizon_days: number | undefined) => ask<Run>('POST', 'models/runs', { body: { model, ...(horizon_days ? { horizon_days } : {}) } });
export const publishModel = (model: string) => ask<Schemas['audience.PublishedRun']>('POST', 'models/{model}/publish', { params: { path: { model } }, body: {} });

export const channelsQuery = queryOptions({ queryKey: ['splits', 'channels'], queryFn: ({ signal }) => ask<Schemas['audience.ChannelSplits']>('GET', 'splits/channels', { signal }) });
export const channelPeople = (channel: string, use: string, cursor: string, signal?: AbortSignal) =>
  ask<Page<AudiencePerson>>('GET', 'splits/channels/people', { params: { query: { channel, use, cursor: cursor || undefined, limit: 20 } }, signal });
export const quadrants = (x: string, y: string, signal?: AbortSignal) => ask<Quadrants>('POST', 'splits/quadrants', { body: { x, y }, signal });
export const clusters = (attributes: string[], k: number, seed: number, publish?: string) =>
  ask<Clusters>('POST', 'splits/clusters', { body: { attributes, k, seed, ...(publish ? { publish } : {}) } });

export const coverageQuery = queryOptions({ queryKey: ['tags', 'coverage'], queryFn: ({ signal }) => ask<Coverage>('GET', 'tags/coverage', { signal }) });
export const warningsQuery = queryOptions({
  queryKey: ['tags', 'warnings'], queryFn: ({ signal }) => ask<Schemas['audience.TagWarnings']>('GET', 'tags/warnings', { signal }),
});
export const dimensionsQuery = queryOptions({
  queryKey: ['audience', 'dimensions'], queryFn: ({ signal }) => ask<Schemas['audience.CrossDimensions']>('GET', 'audience/dimensions', { signal }),
});
export const cross = (rows: string, columns: string, tag: string, signal?: AbortSignal) =>
  ask<Cross>('POST', 'audience/cross', { body: { rows, columns, ...(tag ? { only: { tag } } : {}) }, signal });
export const rulePeople = (rule: Rule, cursor: string, signal?: AbortSignal) =>
  ask<Page<AudiencePerson>>('POST', 'segments/people', { body: { rule, limit: 20, ...(cursor ? { cursor } : {}) }, signal });
export const reach = (asked: { set: string } | { customers: string[] }, signal?: AbortSignal) => ask<Reached>('POST', 'audience/reach', { body: asked, signal });

export const strategiesQuery = queryOptions({ queryKey: ['strategies'], queryFn: ({ signal }) => ask<Schemas['audience.StrategyList']>('GET', 'strategies', { signal }) });
export const addStrategy = (fields: { name: string; layer: string; set: string; action?: string }) => ask<{ id: string }>('POST', 'strategies', { body: fields });
export const dropStrategy = (id: string) => ask<unknown>('DELETE', 'strategies/{id}', { params: { path: { id } } });
export const orderStrategies = (order: string[]) => ask<unknown>('POST', 'strategies/order', { body: { order } });
export const strategyPeople = (id: string, cursor: string, signal?: AbortSignal) =>
  ask<Page<AudiencePerson>>('GET', 'strategies/{id}/people', { params: { path: { id }, query: { cursor: cursor || undefined, limit: 20 } }, signal });
export const traceQuery = (id: string) => queryOptions({
  queryKey: ['customer', id, 'strategy'], queryFn: ({ signal }) => ask<Trace>('GET', 'customers/{id}/strategy', { params: { path: { id } }, signal }),
});

export const templatesQuery = queryOptions({ queryKey: ['rules', 'templates'], queryFn: ({ signal }) => ask<Schemas['audience.TemplateList']>('GET', 'segments/templates', { signal }) });
export const fillTemplate = (key: string, values: Record<string, string>) => ask<RuleForms>('POST', 'segments/templates', { body: { key, values } });
