// A figure that opens the people behind it. A real link: Ctrl and a press open it in a new tab.
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import { encodePeople, peopleKey, type People } from './people.ts';

export function useDoor(): (people: People) => string {
  const { pathname, search } = useLocation();
  return (people) => {
    const params = new URLSearchParams(search);
    params.set(peopleKey, encodePeople(people));
    return `${pathname}?${params}`;
  };
}

export function Door({ people, title, children }: { people: People; title?: string; children: ReactNode }) {
  const door = useDoor();
  return <Link to={door(people)} title={title} preventScrollReset>{children}</Link>;
}
