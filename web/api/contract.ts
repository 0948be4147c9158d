// The names under which pages know the server's shapes. All of them are generated from openapi.json (npm run types);
// nothing is typed in by hand but what the document leaves open. Amounts of money are minor units of the currency;
// ratios are fractions of 1; an Instant is ISO 8601 with offset; a Day is YYYY-MM-DD in the tenant's zone, both ends
// inclusive.
import type { components } from './schema.d.ts';

export type { paths } from './schema.d.ts';

type Schemas = components['schemas'];

export type Instant = string;
export type Day = string;
export type Total = Schemas['Total'];
export interface Page<T> { items: T[]; next?: string; total: Total }
export type Problem = Schemas['Problem'];
export type ProblemField = Schemas['ProblemField'];

export type KeyFamily = Schemas['KeyFamily'];
export type KeyFamilyItem = Schemas['app.KeyFamilyItem'];
export type KeysReply = Schemas['app.KeysReply'];

export type BulkReadItem = Schemas['org.BulkReadItem'];
export type ExportItem = Schemas['org.ExportItem'];
export type ExportState = Schemas['org.ExportState'];
export type ExportApproval = Schemas['org.ExportApproval'];
export type ExportLimitItem = Schemas['org.ExportLimitItem'];
export type RetentionItem = Schemas['app.RetentionItem'];
export type RetentionReceiptItem = Schemas['app.RetentionReceiptItem'];
export type RetentionReply = Schemas['app.RetentionReply'];

export type GovernanceMode = Schemas['org.GovernanceMode'];
export type GovernanceView = Schemas['org.GovernanceView'];
export type GovernedNode = Schemas['org.GovernedNode'];
export type Me = Schemas['org.Me'];
export type SignedInReply = Schemas['org.SignedInReply'];

export type Unit = Schemas['performance.Unit'];
export type Grain = Schemas['performance.Grain'];
export type Overview = Schemas['performance.Overview'];
export type MetricValue = Schemas['performance.MetricValue'];
export type DefinitionItem = Schemas['performance.DefinitionItem'];
export type DefinitionPreview = Schemas['performance.DefinitionPreview'];
export type MovedFigure = Schemas['performance.MovedFigure'];
export type MetricDefinition = Schemas['performance.MetricDefinition'];
export type RegionRow = Schemas['performance.RegionRow'];
export type League = Schemas['performance.League'];
export type LeagueKind = Schemas['performance.LeagueKind'];
export type LeagueColumn = Schemas['performance.LeagueColumn'];
export type LeagueFigure = Schemas['performance.LeagueFigure'];
export type LeagueGroup = Schemas['performance.LeagueGroup'];
export type LeagueRow = Schemas['performance.LeagueRow'];
export type Funnel = Schemas['performance.Funnel'];
export type FunnelStep = Schemas['performance.FunnelStep'];
export type Funnels = Schemas['performance.Funnels'];
export type FunnelPart = Schemas['performance.FunnelPart'];
export type RfmName = Schemas['audience.RfmClass'];
export type RfmClassItem = Schemas['performance.RfmClassItem'];
export type RfmBoard = Schemas['performance.RfmBoard'];
export type RfmTile = Schemas['performance.RfmTile'];

export type CustomerSort = Schemas['performance.PeopleSort'];
export type CustomerItem = Schemas['performance.CustomerItem'];
export type CustomerValue = Schemas['performance.CustomerValue'];
export type HouseholdView = Schemas['customer.HouseholdView'];
export type CustomerView = Schemas['customer.CustomerView'];
export type BlockView = Schemas['customer.BlockView'];
export type FieldView = Schemas['customer.FieldView'];
export type LinkView = Schemas['customer.LinkView'];
export type Match = Schemas['customer.Match'];

export type OrderKind = Schemas['commerce.OrderKind'];
export type OrderItem = Schemas['commerce.OrderItem'];

export type ImportState = Schemas['collect.ImportState'];
export type FeedItem = Schemas['collect.FeedItem'];
export type FeedKind = Schemas['collect.FeedKind'];
export type ReceiptDifference = Schemas['flows.ReceiptDifferenceItem'];
export type FreshItem = Schemas['flows.FreshItem'];
export type ImportItem = Schemas['collect.ImportItem'];
export type CountsItem = Schemas['collect.CountsItem'];
export type TotalItem = Schemas['collect.TotalItem'];
export type TargetField = Schemas['collect.TargetFieldItem'];
// The mapping is JSON of the import's target, which the document leaves open.
export interface Mapping {
  target?: string;
  zone?: string;
  columns: { field: string; header: string; constant?: string; values?: Record<string, string> }[];
  options?: Record<string, unknown>;
  profile?: string;
  header_line?: number;
  key?: string[];
  fill_down?: string[];
  drop_masked?: boolean;
}
export type ImportPage = Omit<Schemas['collect.ImportPage'], 'mapping'> & { mapping: Mapping };

export type Moment = Schemas['flows.Moment'];
export type Hop = Schemas['flows.Hop'];
export type StoreDayState = Schemas['flows.StoreDayState'];
export type StoreDayItem = Schemas['flows.StoreDayItem'];

export type SourceKind = Schemas['collect.SourceKind'];
export type SourceItem = Schemas['collect.SourceItem'];
export type QualityItem = Schemas['collect.QualityItem'];
export type SeenItem = Schemas['collect.SeenItem'];
export type EventTypeShown = Schemas['collect.EventTypeShown'];
export type HeldShown = Schemas['collect.HeldShown'];
export type ValueKind = Schemas['collect.catalogue.ValueKind'];

export type ConflictView = Schemas['customer.ConflictView'];
export type Purpose = Schemas['customer.Purpose'];
export type ConsentChannel = Schemas['customer.ConsentChannel'];
export type ConsentView = Schemas['customer.ConsentView'];
export type RequestKind = Schemas['customer.RequestKind'];
export type RequestView = Schemas['customer.RequestView'];
export type RuleView = Schemas['customer.RuleView'];
export type TrialView = Schemas['customer.TrialView'];

export type NodeKind = Schemas['org.NodeKind'];
export type NodeItem = Schemas['org.NodeItem'];
export type NodeDetail = Schemas['org.NodeDetail'];
export type NodeChange = Schemas['org.ChangeItem'];
export type StaffDetail = Schemas['org.StaffDetail'];
export type HolderItem = Schemas['org.HolderItem'];
export type VacancyItem = Schemas['org.VacancyItem'];
export type PostNeed = Schemas['org.NeedItem'];
export type StaffItem = Schemas['org.StaffItem'];
export type RoleItem = Schemas['org.RoleItem'];
export type RoleList = Schemas['org.RoleList'];
export type PermissionItem = Schemas['org.PermissionItem'];

export type JobState = Schemas['JobState'];
export type JobItem = Schemas['app.JobItem'];
export type AuditItem = Schemas['app.AuditItem'];
export type SettingItem = Schemas['app.SettingItem'];
export type ParkedList = Schemas['app.ParkedList'];
export type SystemState = Schemas['app.SystemState'];

export type LeadItem = Schemas['customer.LeadItem'];
export type LeadStage = Schemas['customer.LeadStage'];
export type LeadView = Schemas['customer.LeadView'];
export type PartnerKeyItem = Schemas['collect.open.KeyItem'];
export type PartnerOperation = Schemas['collect.open.Operation'];
export type HookItem = Schemas['collect.open.HookItem'];
export type DeliveryItem = Schemas['collect.open.DeliveryItem'];
export type DeliveryState = Schemas['collect.open.DeliveryState'];
export type CapturePointItem = Schemas['collect.capture.PointItem'];
export type CapturePointShown = Schemas['collect.capture.PointShown'];
export type CaptureKind = Schemas['collect.capture.PointKind'];
export type CaptureDefinition = Schemas['collect.capture.Definition'];
export type CaptureQuestion = Schemas['collect.capture.Question'];
export type NamedCount = Schemas['collect.capture.NamedCount'];
