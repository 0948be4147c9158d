import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { Grain, MetricValue } from 'api/contract.ts';
import type { People } from '../../people/people.ts';

export const metricKey = (metric: Pick<MetricValue, 'id' | 'variant'>): string =>
  metric.variant ? `${metric.id}/${metric.variant}` : metric.id;

// The comparisons of a figure; the server says which days each means.
export const comparisons = ['previous', 'same_weekday', 'last_year', 'last_year_weekday', 'last_lunar_year'] as const;
export type Comparison = (typeof comparisons)[number];

interface Asked { id: string; variant: string; node: string; from: string; to: string; grain: Grain }

export const trendQuery = ({ id, variant, node, from, to, grain }: Asked) =>
  queryOptions({
    queryKey: ['metric', id, variant, node, from, to, grain],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/metrics/{id}/value', {
        params: { path: { id }, query: { from, to, grain, variant: variant || undefined, node: node || undefined } }, signal,
      })),
    placeholderData: keepPreviousData,
  });

export function peopleOf(metric: MetricValue, part: 'numerator' | 'denominator', from: string, to: string, node: string): People {
  return { kind: 'metric', id: metric.id, variant: metric.variant ?? '', part, from, to, node };
}
