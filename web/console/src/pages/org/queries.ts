import { queryOptions } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/roles', { signal })),
});

export const staffQuery = queryOptions({
  queryKey: ['staff'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/staff', { signal })),
});

export const vacanciesQuery = queryOptions({
  queryKey: ['org', 'vacancies'],
  queryFn: ({ signal }) => body(api.GET('/api/v1/org/vacancies', { signal })),
});
