// The time line weaves short lists (links, consents) into pages of a long one (orders and events): a page of the long
// one covers the time from the page before it down to its last row.
export interface InTime { at: string }

// `above`: when the page before ended; none on the first. `last`: this page has the oldest rows.
export function weave<A extends InTime, B extends InTime>(page: A[], short: B[], above: string | undefined, last: boolean): (A | B)[] {
  const time = (one: InTime) => new Date(one.at).getTime();
  const bottom = page.at(-1);
  const from = last || !bottom ? Number.NEGATIVE_INFINITY : time(bottom);
  const until = above === undefined ? Number.POSITIVE_INFINITY : new Date(above).getTime();
  const within = short.filter((one) => time(one) >= from && time(one) < until);
  return [...page, ...within].toSorted((a, b) => time(b) - time(a));
}
