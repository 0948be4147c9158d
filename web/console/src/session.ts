// Who is signed in, as server state.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { ApiProblem, api, body } from 'api/client.ts';
import type { Me } from 'api/contract.ts';

// `skew`: how far the server's clock stands from the browser's, in milliseconds. In the demonstration and in tests it
// stands elsewhere, and what "today" is hangs on it.
export type SignedIn = Me & { skew: number };

// null: nobody is signed in.
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<SignedIn | null> => {
    try {
      const me = await body(api.GET('/api/v1/me', { signal }));
      return { ...me, skew: new Date(me.now).getTime() - Date.now() };
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

// Inside the shell somebody is always signed in.
export function useMe(): SignedIn {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error('useMe outside the shell');
  return data;
}

// Whoever's scope is of stores alone (store managers, guides) works in the store view.
export const ofStores = ({ scope }: Pick<Me, 'scope'>): boolean =>
  !scope.all && scope.nodes.length > 0 && scope.nodes.every(({ kind }) => kind === 'store' || kind === 'team');

export function useOfStores(): boolean {
  return ofStores(useMe());
}

// Set while a session ended under an open page: the page stays, a sign-in form lies over it.
export const signedOutKey = ['signed-out'] as const;
