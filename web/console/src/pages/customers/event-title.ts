import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';

// An event type in words, as the catalogue names it; any other as its source writes it.
export function useEventTitle(): (type: string) => string {
  const titles = useQuery({
    queryKey: ['event-titles'], staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const { items } = await body(api.GET('/api/v1/event-titles', { signal }));
      return new Map(items.map((one) => [one.name, one.title]));
    },
  });
  return (type) => titles.data?.get(type) ?? type;
}
