// Questions that more than one page asks.
import { queryOptions } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { isLive } from 'ui/job-state.ts';

export const metricsQuery = queryOptions({
  queryKey: ['metrics'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/metrics', { signal })),
  staleTime: 10 * 60_000,
});

export const nodesQuery = queryOptions({
  queryKey: ['org', 'nodes'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/org/nodes', { signal })),
  staleTime: 60_000,
});

export const governanceQuery = queryOptions({
  queryKey: ['governance'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/governance', { signal })),
  staleTime: 60_000,
});

export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/imports', { signal })),
});

export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/sources', { signal })),
});

export const freshnessQuery = queryOptions({
  queryKey: ['freshness'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/freshness', { signal })),
});

export const exportsWaitingQuery = queryOptions({
  queryKey: ['exports', 'waiting'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/exports/waiting', { signal })),
  refetchInterval: 60_000,
});

export const bulkReadsQuery = queryOptions({
  queryKey: ['bulk-reads'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/bulk-reads', { signal })),
});

const often = 1000;
const seldom = 20_000;
export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/jobs', { signal })),
  // Frequent only while something moves.
  refetchInterval: (query) => (query.state.data?.items.some((job) => isLive(job.state)) ? often : seldom),
});
