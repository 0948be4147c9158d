import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { Grain, MetricValue } from 'api/contract.ts';
import type { People } from '../../people/people.ts';
import { addDays, addMonths, daysBetween } from 'ui/time.ts';

export const metricKey = (metric: Pick<MetricValue, 'id' | 'variant'>): string =>
  metric.variant ? `${metric.id}/${metric.variant}` : metric.id;

// The span that a period is compared with: as many days right before, or the same dates a year earlier.
export function compared(from: string, to: string, compare: 'previous' | 'last_year'): { from: string; to: string } {
  if (compare === 'last_year') return { from: addMonths(from, -12), to: addMonths(to, -12) };
  const days = daysBetween(from, to) + 1;
  return { from: addDays(from, -days), to: addDays(to, -days) };
}

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
