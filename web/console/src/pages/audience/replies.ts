// The names under which these pages know the server's shapes; only the JSON of a rule is left open by the document.
import type { Page } from 'api/contract.ts';
import type { components } from 'api/schema.d.ts';
import type { Rule } from './types.ts';

type Schemas = components['schemas'];
type Formed<T> = Omit<T, 'forms'> & { forms?: RuleForms };

export type Choice = Schemas['audience.RuleChoice'];
export type RuleAttribute = Schemas['audience.RuleAttribute'];
export type RuleWords = Schemas['audience.RuleWords'];
export type RuleForms = Omit<Schemas['audience.RuleForms'], 'rule'> & { rule: Rule };
export type RuleProblem = Schemas['audience.RuleProblem'];
export type RuleCheck = Formed<Schemas['audience.RuleCheck']>;
export type Reason = Schemas['audience.Condition'];
export type AudiencePerson = Schemas['audience.AudiencePerson'];
export type Reach = Schemas['audience.Reach'];
export type Preview = Omit<Schemas['audience.Preview'], 'forms'> & { forms: RuleForms };
export type SetKey = Schemas['audience.SetKey'];
export type SetView = Formed<Schemas['audience.SegmentView']>;
export type TagView = Formed<Schemas['audience.TagView']>;
export type TagGroup = Schemas['audience.TagGroupView'];
export type SegmentList = Omit<Schemas['audience.SegmentList'], 'items'> & { items: SetView[] };
export type TagList = Omit<Schemas['audience.TagList'], 'items'> & { items: TagView[] };
export type PeoplePage = Page<AudiencePerson>;
export type SetChange = Schemas['audience.SetChange'];
export type Sizes = Schemas['audience.SetSizes'];
export type Assigned = Schemas['audience.Assigned'];
export type Belonging = Schemas['audience.Belonging'];
