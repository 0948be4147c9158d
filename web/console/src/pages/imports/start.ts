import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';

// Starts one of the three works of an import; pages follow by asking again.
export function useStart(id: string, work: 'check' | 'run' | 'take-back') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => {
      const options = { params: { path: { id } } };
      if (work === 'check') return body(api.POST('/api/v1/imports/{id}/check', options));
      if (work === 'run') return body(api.POST('/api/v1/imports/{id}/run', options));
      return body(api.POST('/api/v1/imports/{id}/take-back', options));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['import', id] });
      void client.invalidateQueries({ queryKey: ['imports'] });
      void client.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
}
