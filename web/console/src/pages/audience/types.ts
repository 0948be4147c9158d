// The JSON of a rule, which the document leaves open: kernel/rules/json.h is its definition.
export type Literal = number | string | boolean | { number: number; decimals: number } | { day: string };
export interface PropertyTest { property: string; op: string; value?: Literal | Literal[] }
export interface Filter { type?: string; where?: PropertyTest[] }
export type WindowKind = 'last' | 'this' | 'previous';
export type RuleWindow = Partial<Record<WindowKind, number>> & { unit: string };
export interface Step { event: Filter; within?: number; unit?: string; without?: Filter }
export const measures = ['count', 'sum', 'distinct', 'first', 'last'] as const;
export type Measure = (typeof measures)[number];

export type Leaf =
  | { attribute: string; op: string; value?: Literal | Literal[] }
  | { tag: string } | { segment: string } | { stage: string } | { org: string }
  | (Partial<Record<Measure, Filter>> & { property?: string; window?: RuleWindow; op: string; value?: Literal | Literal[] })
  | { absence: Filter; window?: RuleWindow }
  | { sequence: Step[]; window?: RuleWindow }
  | { rhythm: Filter; percentile: number };
export type Rule = { all: Rule[] } | { any: Rule[] } | { not: Rule } | Leaf;
