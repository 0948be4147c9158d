// The rule while it is being edited: groups with a join, conditions, each perhaps negated. A draft may be unfinished; a
// group of one or none is normal on the way. To JSON and back nothing is lost.
import type { Leaf, Literal, Rule } from './types.ts';

export interface Condition { id: number; not: boolean; leaf: Leaf }
export interface Group { id: number; not: boolean; join: 'all' | 'any'; children: Draft[] }
export type Draft = Group | Condition;
export const isGroup = (draft: Draft): draft is Group => 'children' in draft;

let last = 0;
export const newId = (): number => ++last;
export const emptyGroup = (): Group => ({ id: newId(), not: false, join: 'all', children: [] });

function part(rule: Rule): Draft {
  if ('not' in rule) {
    const inner = part(rule.not);
    return inner.not ? { id: newId(), not: true, join: 'all', children: [inner] } : { ...inner, not: true };
  }
  if ('all' in rule) return { id: newId(), not: false, join: 'all', children: rule.all.map(part) };
  if ('any' in rule) return { id: newId(), not: false, join: 'any', children: rule.any.map(part) };
  return { id: newId(), not: false, leaf: rule };
}

// The outermost is always a group that is not negated: that is what the page edits.
export function toDraft(rule: Rule): Group {
  const draft = part(rule);
  return isGroup(draft) && !draft.not ? draft : { ...emptyGroup(), children: [draft] };
}

// Nothing when nothing is asked. `places` takes where each part stands in the JSON: the server names errors by it.
export function toRule(draft: Draft, at = 'rule', places?: Map<string, number>): Rule | undefined {
  const inner = draft.not ? `${at}/not` : at;
  let rule: Rule | undefined;
  if (!isGroup(draft)) rule = draft.leaf;
  else {
    const asked = draft.children.filter((one) => toRule(one) !== undefined);
    const [only] = asked;
    if (asked.length === 1 && only) rule = toRule(only, inner, places);
    else if (asked.length > 1) {
      const children = asked.map((one, index) => toRule(one, `${inner}/${draft.join}/${index}`, places)).filter((one) => one !== undefined);
      rule = draft.join === 'all' ? { all: children } : { any: children };
    }
  }
  if (!rule) return undefined;
  if (!places?.has(at)) places?.set(at, draft.id);
  return draft.not ? { not: rule } : rule;
}

// The innermost part that an error's place lies in.
export function partAt(places: Map<string, number>, field: string): number | undefined {
  let found: string | undefined;
  for (const place of places.keys()) {
    if ((field === place || field.startsWith(`${place}/`)) && place.length >= (found?.length ?? 0)) found = place;
  }
  return found === undefined ? undefined : places.get(found);
}

export function change(draft: Group, id: number, edit: (part: Draft) => Draft): Group;
export function change(draft: Draft, id: number, edit: (part: Draft) => Draft): Draft;
export function change(draft: Draft, id: number, edit: (part: Draft) => Draft): Draft {
  if (draft.id === id) return edit(draft);
  return isGroup(draft) ? { ...draft, children: draft.children.map((one) => change(one, id, edit)) } : draft;
}

export function remove(draft: Group, id: number): Group {
  return {
    ...draft,
    children: draft.children.filter((one) => one.id !== id).map((one) => (isGroup(one) ? remove(one, id) : one)),
  };
}

// One place up or down among its like.
export function move(draft: Group, id: number, by: -1 | 1): Group {
  const at = draft.children.findIndex((one) => one.id === id);
  if (at < 0) return { ...draft, children: draft.children.map((one) => (isGroup(one) ? move(one, id, by) : one)) };
  const to = at + by;
  const children = [...draft.children];
  const [taken] = children.splice(at, 1);
  if (!taken || to < 0 || to > children.length) return draft;
  children.splice(to, 0, taken);
  return { ...draft, children };
}

// ---- Undo ----

export interface History { now: Group; past: Group[]; future: Group[] }
const pastMost = 100;
export type Step = { do: 'set'; to: Group } | { do: 'load'; to: Group } | { do: 'undo' } | { do: 'redo' };

export function step(history: History, action: Step): History {
  const { now, past, future } = history;
  switch (action.do) {
    case 'set': return { now: action.to, past: [...past, now].slice(-pastMost), future: [] };
    case 'load': return { now: action.to, past: [], future: [] };
    case 'undo': {
      const to = past.at(-1);
      return to ? { now: to, past: past.slice(0, -1), future: [now, ...future] } : history;
    }
    case 'redo': {
      const [to, ...rest] = future;
      return to ? { now: to, past: [...past, now], future: rest } : history;
    }
  }
}

// ---- Values ----

// Decimals as integers, as everywhere: "199.50" is 1995 tenths.
export function numberLiteral(text: string): Literal | undefined {
  const found = /^(-?)(\d{1,15})(?:\.(\d{1,6}))?$/.exec(text.trim().replaceAll(',', ''));
  if (!found) return undefined;
  const fraction = (found[3] ?? '').replace(/0+$/, '');
  const digits = Number(`${found[1] ?? ''}${found[2] ?? ''}${fraction}`);
  if (!Number.isSafeInteger(digits)) return undefined;
  return fraction ? { number: digits, decimals: fraction.length } : digits;
}

export function literalText(literal: Literal | undefined): string {
  if (literal === undefined) return '';
  if (typeof literal !== 'object') return String(literal);
  if ('day' in literal) return literal.day;
  const digits = String(Math.abs(literal.number)).padStart(literal.decimals + 1, '0');
  return `${literal.number < 0 ? '-' : ''}${digits.slice(0, -literal.decimals)}.${digits.slice(-literal.decimals)}`;
}

export const withoutValue = (op: string): boolean => op === 'known' || op === 'unknown';
export const spanOp = (op: string): boolean => op === 'within_days' || op === 'older_than_days' || op === 'within_next_days';
export const dayOp = (op: string): boolean => op === 'before' || op === 'since';

// The value that a changed operator starts with: kept when its type allows.
export function valueFor(op: string, type: string, before: Literal | Literal[] | undefined): Literal | Literal[] | undefined {
  if (withoutValue(op)) return undefined;
  const first = Array.isArray(before) ? before[0] : before;
  if (op === 'in') return Array.isArray(before) ? before : first === undefined ? [] : [first];
  if (spanOp(op)) return typeof first === 'number' ? first : 30;
  if (dayOp(op)) return typeof first === 'object' && 'day' in first ? first : { day: '' };
  if (type === 'flag') return typeof first === 'boolean' ? first : true;
  if (type === 'number') return typeof first === 'number' || (typeof first === 'object' && 'number' in first) ? first : 1;
  return typeof first === 'string' ? first : '';
}
