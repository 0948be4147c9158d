// The periods of the page and what each may be held against; the first is the one shown unless asked otherwise. A single
// day is held against the same day of the week before: a shop's Saturday says nothing about its Friday.
export const spans = ['today', 'yesterday', 'month'] as const;
export type Span = (typeof spans)[number];
export type Comparison = 'previous' | 'same_weekday' | 'last_year' | 'last_year_weekday';

const ofDay = ['same_weekday', 'previous', 'last_year_weekday'] as const;
const ofMonth = ['previous', 'last_year'] as const;
export const comparisonsOf = (span: Span): readonly [Comparison, ...Comparison[]] => (span === 'month' ? ofMonth : ofDay);
