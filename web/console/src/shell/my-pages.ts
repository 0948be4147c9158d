// The pages of the menu that somebody may see. Rights and scope decide, never the width of the window.
import { useMemo } from 'react';
import { pages, type PageEntry } from '../routes.tsx';
import { ofStores, useMe } from '../session.ts';
import type { Me } from 'api/contract.ts';

export const pagesOf = (me: Pick<Me, 'scope' | 'permissions'>): PageEntry[] =>
  pages.filter((page) => (page.permission === 'signed_in' || me.permissions.includes(page.permission)) && (!page.ofStores || ofStores(me)));

export function useMyPages(): PageEntry[] {
  const me = useMe();
  return useMemo(() => pagesOf(me), [me]);
}

// The three pages of the bottom menu of a phone: those of a store, or those of headquarters.
export const thumbPages = (mine: PageEntry[]): PageEntry[] => {
  const named = (key: PageEntry['key']) => mine.filter((page) => page.key === key);
  const results = named('results');
  return [...named('today'), ...named('customers'), ...(results.length > 0 ? results : named('overview'))];
};
