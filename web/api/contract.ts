// What the console expects of /api/v1: the one place where shapes of requests and replies are written down by hand.
// The names of types are those of the server's structs. Amounts of money are minor units of the currency; ratios are
// fractions of 1; an Instant is ISO 8601 with offset; a Day is YYYY-MM-DD in the tenant's zone, both ends inclusive.

export type Instant = string;
export type Day = string;

export interface Money { minor: number; currency: string }
export interface Total { value: number; relation: 'eq' | 'gte' }
export interface Page<T> { items: T[]; next?: string | null; total: Total }
export interface List<T> { items: T[] }
export type None = Record<string, never>;

export interface ProblemField { field: string; rule: string; reason: string; remedy?: string | null }
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string | null;
  errors: ProblemField[];
  incident: string;
}

// --- Session -------------------------------------------------------------------------------------------------------
export interface StaffRef { id: string; name: string; login: string }
export interface NodeRef { id: string; name: string }
export interface SignIn { login: string; password: string }
export interface SignedInReply { staff: StaffRef; must_change_password: boolean }
export interface PasswordChange { old_password: string; new_password: string }
export interface TenantRef {
  id: string;
  name: string;
  zone: string;
  currency: string;
  business_day_cutoff_min: number;
  sample: boolean;
}
export interface Me {
  staff?: StaffRef | null;
  tenant: TenantRef;
  permissions: string[];
  scope: { all: boolean; nodes: NodeRef[] };
  must_change_password: boolean;
  now: Instant;
}

// --- Overview and metrics ------------------------------------------------------------------------------------------
export type Unit = 'money' | 'ratio' | 'count' | 'number' | 'days';
export type Compare = 'none' | 'previous' | 'last_year';
export type Grain = 'day' | 'week' | 'month';
export interface SeriesPoint { day: Day; value?: number | null }
export type Direction = 'up' | 'down' | 'neutral';
export interface MetricValue {
  id: string;
  variant?: string | null;
  name_zh: string;
  name_en: string;
  unit: Unit;
  direction: Direction;
  value?: number | null;
  numerator: number;
  denominator?: number | null;
  scale: number;
  people_numerator: number;
  people_denominator: number;
  previous?: number | null;
  small_base: boolean;
  from: Day;
  to: Day;
  series: SeriesPoint[];
}
export interface RegionRow {
  node_id?: string | null;
  name: string;
  net_sales: number;
  orders: number;
  customers: number;
  share?: number | null;
  previous_net_sales?: number | null;
}
export type RfmName =
  | 'important_value' | 'important_growth' | 'important_keep' | 'important_retain'
  | 'general_value' | 'general_growth' | 'general_keep' | 'general_retain';
export interface RfmClassItem {
  rfm_class: RfmName;
  name_zh: string;
  name_en: string;
  customers: number;
  share: number;
  net_spend: number;
}
export interface Overview {
  as_of: Instant;
  from: Day;
  to: Day;
  currency: string;
  metrics: MetricValue[];
  regions: RegionRow[];
  rfm: RfmClassItem[];
}
export interface MetricVariant { id: string; name_zh: string; name_en: string; unit: Unit; formula: string }
export interface MetricDefinition {
  id: string;
  name_zh: string;
  name_en: string;
  formula: string;
  inputs: string[];
  unit: Unit;
  direction: Direction;
  owner: string;
  version: number;
  variants: MetricVariant[];
}
export interface RfmMeasure { cuts: number[]; high_from: number }
export interface RfmTile { r: number; f: number; customers: number; net_spend: number }
export interface RfmBoard {
  as_of: Instant;
  from: Day;
  to: Day;
  currency: string;
  customers: number;
  items: RfmClassItem[];
  recency: RfmMeasure;
  frequency: RfmMeasure;
  monetary: RfmMeasure;
  matrix: RfmTile[];
}

// --- Customers -----------------------------------------------------------------------------------------------------
export type IdentityKind =
  | 'phone' | 'email' | 'card' | 'custom_id' | 'union_id' | 'open_id'
  | 'external_user_id' | 'buyer_id' | 'device' | 'anonymous';
export interface IdentityShort { kind: IdentityKind; masked: string }
export interface CustomerItem {
  id: string;
  known: boolean;
  name_masked: string;
  identities: IdentityShort[];
  home_node?: string | null;
  home_node_name?: string | null;
  orders: number;
  net_spend: Money;
  last_order_at?: Instant | null;
  first_seen_at: Instant;
  rfm_class?: RfmName | null;
}
export interface FieldView {
  key: string;
  label_zh: string;
  label_en: string;
  value_masked: string;
  source: string;
  at?: Instant | null;
  confidence: number;
  revealable: boolean;
}
export type Block = 'identity' | 'place' | 'channel' | 'behaviour' | 'value' | 'membership';
export interface BlockView { block: Block; label_zh: string; label_en: string; fields: FieldView[] }
export interface IdentityView {
  number: number;
  kind: IdentityKind;
  masked: string;
  field?: string | null;
  customer: string;
  first_seen_at: Instant;
  source: string;
}
export interface CustomerOfPerson { id: string; home_node?: string | null; first_seen_at: Instant; member: boolean; source: string }
export interface CustomerView {
  id: string;
  merged_into?: string | null;
  name_masked: string;
  known: boolean;
  member: boolean;
  home_node?: string | null;
  first_seen_at: Instant;
  profile: BlockView[];
  identities: IdentityView[];
  customers: CustomerOfPerson[];
}
export interface CustomerRfm {
  recency_days: number;
  frequency: number;
  monetary: Money;
  r: number;
  f: number;
  m: number;
  rfm_class: RfmName;
  name_zh: string;
  name_en: string;
}
export interface CustomerValue {
  orders: number;
  net_spend: Money;
  first_order_at?: Instant | null;
  last_order_at?: Instant | null;
  rfm?: CustomerRfm | null;
}
export interface TimelineItem { at: Instant; type: string; title: string; object?: string | null; count: number }
export interface LinkView {
  number: number;
  a: string;
  b: string;
  rule: string;
  source: string;
  reason: string;
  at: Instant;
  undone: boolean;
  undone_at?: Instant | null;
}
export interface Match {
  id: string;
  name_masked: string;
  identities: IdentityView[];
  home_node?: string | null;
  first_seen_at: Instant;
}

// --- Orders --------------------------------------------------------------------------------------------------------
export type OrderKind = 'sale' | 'return' | 'adjustment';
export interface OrderItem {
  id: string;
  number: string;
  kind: OrderKind;
  channel: string;
  paid_at: Instant;
  customer?: string | null;
  node?: string | null;
  node_name?: string | null;
  lines: number;
  net: Money;
}
export interface OrderLineItem { number: number; sku: string; name: string; quantity: string; price: string; amount: Money }
export interface OrderPage { order: OrderItem; lines: OrderLineItem[] }

// --- Imports -------------------------------------------------------------------------------------------------------
export type ImportState =
  | 'uploaded' | 'checking' | 'checked' | 'running' | 'done' | 'taking_back' | 'taken_back' | 'failed';
export interface CountsItem { read: number; fresh: number; updated: number; unchanged: number; invalid: number }
export interface ImportItem {
  id: string;
  name: string;
  target: string;
  state: ImportState;
  encoding: string;
  separator: string;
  bytes: number;
  counts: CountsItem;
  job?: string | null;
  created_by: string;
  created_at: Instant;
  changed_at: Instant;
}
export interface ColumnSample { name: string; samples: string[] }
export interface CauseItem { cause: string; field: string; rows: number }
export interface TotalItem { name: string; zh: string; en: string; value: number; unit: string; exact: string }
export interface MappingColumn { field: string; header: string; constant?: string | null }
export interface Mapping { target?: string; zone?: string; columns: MappingColumn[]; options?: Record<string, unknown> }
export interface ImportPage {
  item: ImportItem;
  columns: ColumnSample[];
  mapping: Mapping;
  causes: CauseItem[];
  totals: TotalItem[];
}
export interface RejectItem { line: number; cause: string; field: string; cells: string[] }
export interface TargetField { name: string; zh: string; en: string; required: boolean }
export interface TargetItem { name: string; fields: TargetField[] }
export interface Started { job: string }

// --- Sources -------------------------------------------------------------------------------------------------------
export type SourceKind = 'native' | 'segment';
export interface SourceItem {
  id: string;
  name: string;
  kind: string;
  last_received?: Instant | null;
  accepted: number;
  refused: number;
}
export interface RefusedItem { number: number; at: Instant; code: string }
export interface KeyItem {
  id: string;
  label: string;
  write_only: boolean;
  source?: string | null;
  permissions: string[];
  created_at: Instant;
  revoked: boolean;
}

// --- Organisation --------------------------------------------------------------------------------------------------
export type NodeKind = 'headquarters' | 'region' | 'city' | 'store' | 'team' | 'partner' | 'online';
export interface NodeItem { id: string; parent?: string | null; kind: NodeKind; code: string; name: string }
export interface PostItem { node: string; node_name: string; role: string; role_name_zh: string; role_name_en: string }
export interface StaffItem { id: string; name: string; login: string; active: boolean; posts: PostItem[] }
export interface RoleItem { id: string; code: string; name_zh: string; name_en: string; permissions: string[] }
export interface PermissionItem { name: string; zh: string; en: string }
export interface RoleList { items: RoleItem[]; permissions: PermissionItem[] }

// --- System --------------------------------------------------------------------------------------------------------
export type JobState = 'queued' | 'running' | 'done' | 'partial' | 'failed' | 'cancelling' | 'cancelled';
export interface JobItem {
  id: string;
  kind: string;
  title: string;
  state: JobState;
  phase: string;
  done: number;
  total: number;
  result?: unknown;
  error: string;
  started_by: string;
  created_at: Instant;
  updated_at: Instant;
}
export interface AuditItem {
  sequence: number;
  at: Instant;
  actor_id: string;
  actor_name: string;
  action: string;
  object: string;
  detail?: unknown;
  reason: string;
  request: string;
}
export interface AuditProofReply { whole: boolean; lines: number; broken_at: number; head: string }
export interface SettingItem {
  name: string;
  zh: string;
  en: string;
  value: string;
  default_value: string;
  is_default: boolean;
  min: number;
  max: number;
  choices: string[];
}
export interface ParkedEvent {
  id: number;
  handler: string;
  type: string;
  key: string;
  error: string;
  attempts: number;
  parked_at: Instant;
}
export interface ParkedBatchItem { sequence: number; source: string; reason: string; parked_at: Instant }
export interface ParkedList { events: ParkedEvent[]; batches: ParkedBatchItem[] }
export interface SystemState {
  version: string;
  record_engine: string;
  now: Instant;
  people_known: number;
  people_anonymous: number;
  batches_acknowledged: number;
  batches_applied: number;
  events_logged: number;
  duplicates: number;
  refused: number;
  memory_bytes: number;
  projection_hash: string;
  projection_as_of: Instant;
}

// --- Routes, in the form that openapi-fetch reads ------------------------------------------------------------------
interface Reply<R> { 200: { headers: Record<string, unknown>; content: { 'application/json': R } } }
type PathOf<P> = [P] extends [never] ? { path?: never } : { path: P };
type BodyOf<B> = [B] extends [never] ? { requestBody?: never } : { requestBody: { content: { 'application/json': B } } };
type Call<R, Path, Query, Body> = {
  parameters: PathOf<Path> & { query?: Query; header?: { 'Idempotency-Key'?: string }; cookie?: never };
  responses: Reply<R>;
} & BodyOf<Body>;
type Get<R, Query = never, Path = never> = Call<R, Path, Query, never>;
type Send<R, Body = never, Path = never> = Call<R, Path, never, Body>;
interface Key { id: string }
interface Cursor { cursor?: string; limit?: number }
export interface Period { from: Day; to: Day; node?: string }
export type CustomerSort = 'last_order' | 'net_spend' | 'orders' | 'first_seen';
interface Sorting { sort?: CustomerSort; order?: 'desc' | 'asc' }
export interface CustomerQuery extends Cursor, Sorting {
  rfm_class?: RfmName;
  node?: string;
  known?: boolean;
  first_from?: Day;
  first_to?: Day;
}

export interface paths {
  '/api/v1/session': { post: Send<SignedInReply, SignIn>; delete: Send<None> };
  '/api/v1/me': { get: Get<Me> };
  '/api/v1/me/password': { post: Send<None, PasswordChange> };
  '/api/v1/overview': { get: Get<Overview, Period & { compare?: Compare }> };
  '/api/v1/metrics': { get: Get<List<MetricDefinition>> };
  '/api/v1/metrics/{id}/value': { get: Get<MetricValue, Period & { variant?: string; compare?: Compare; grain?: Grain }, Key> };
  '/api/v1/metrics/{id}/people': {
    get: Get<Page<CustomerItem>, Period & Cursor & Sorting & { part?: 'numerator' | 'denominator'; variant?: string }, Key>;
  };
  '/api/v1/rfm': { get: Get<RfmBoard, { node?: string; as_of?: Day }> };
  '/api/v1/rfm/{rfm_class}/people': {
    get: Get<Page<CustomerItem>, Cursor & Sorting & { node?: string; as_of?: Day }, { rfm_class: RfmName }>;
  };
  '/api/v1/customers': { get: Get<Page<CustomerItem>, CustomerQuery> };
  '/api/v1/customers/search': { post: Send<List<Match>, { text: string }> };
  '/api/v1/customers/{id}': { get: Get<CustomerView, never, Key> };
  '/api/v1/customers/{id}/value': { get: Get<CustomerValue, never, Key> };
  '/api/v1/customers/{id}/orders': { get: Get<Page<OrderItem>, Cursor, Key> };
  '/api/v1/customers/{id}/timeline': { get: Get<Page<TimelineItem>, Cursor, Key> };
  '/api/v1/customers/{id}/links': { get: Get<List<LinkView>, never, Key> };
  '/api/v1/customers/{id}/reveal': {
    post: Send<{ field: string; value: string; source: string; at: Instant }, { field: string; reason: string }, Key>;
  };
  '/api/v1/links/merge': { post: Send<{ link: number; person: string }, { a: string; b: string; reason: string }> };
  '/api/v1/links/{number}/unmerge': { post: Send<None, { reason: string }, { number: number }> };
  '/api/v1/orders': { get: Get<Page<OrderItem>, Cursor & { number?: string; from?: Day; to?: Day; node?: string }> };
  '/api/v1/orders/{id}': { get: Get<OrderPage, never, Key> };
  '/api/v1/imports': { get: Get<List<ImportItem>> };
  '/api/v1/imports/{id}': { get: Get<ImportPage, never, Key> };
  '/api/v1/imports/{id}/mapping': { put: Send<None, Mapping, Key> };
  '/api/v1/imports/{id}/check': { post: Send<Started, never, Key> };
  '/api/v1/imports/{id}/run': { post: Send<Started, never, Key> };
  '/api/v1/imports/{id}/take-back': { post: Send<Started, never, Key> };
  '/api/v1/imports/{id}/rejects': { get: Get<Page<RejectItem>, Cursor & { cause?: string }, Key> };
  '/api/v1/import-targets': { get: Get<List<TargetItem>> };
  '/api/v1/sources': {
    get: Get<List<SourceItem>>;
    post: Send<{ id: string; write_key: string }, { name: string; kind: SourceKind }>;
  };
  '/api/v1/sources/{id}/refused': { get: Get<List<RefusedItem>, never, Key> };
  '/api/v1/api-keys': { get: Get<List<KeyItem>>; post: Send<{ key: string }, { label: string; permissions: string[] }> };
  '/api/v1/api-keys/{id}': { delete: Send<None, never, Key> };
  '/api/v1/org/nodes': {
    get: Get<List<NodeItem>>;
    post: Send<NodeItem, { parent: string; kind: NodeKind; code: string; name: string }>;
  };
  '/api/v1/org/nodes/{id}': { patch: Send<None, { name?: string; parent?: string }, Key> };
  '/api/v1/staff': {
    get: Get<List<StaffItem>>;
    post: Send<{ id: string; one_time_password: string }, { name: string; login: string; node: string; role: string }>;
  };
  '/api/v1/staff/{id}': { patch: Send<None, { active: boolean }, Key> };
  '/api/v1/roles': { get: Get<RoleList> };
  '/api/v1/roles/{id}': { put: Send<None, { permissions: string[] }, Key> };
  '/api/v1/jobs': { get: Get<List<JobItem>> };
  '/api/v1/jobs/{id}': { get: Get<JobItem, never, Key> };
  '/api/v1/jobs/{id}/cancel': { post: Send<None, never, Key> };
  '/api/v1/audit': {
    get: Get<Page<AuditItem>, Cursor & { action?: string; object?: string; from?: Instant; to?: Instant }>;
  };
  '/api/v1/audit/verify': { post: Send<AuditProofReply> };
  '/api/v1/settings': { get: Get<List<SettingItem>> };
  '/api/v1/settings/{name}': { put: Send<None, { value: string }, { name: string }> };
  '/api/v1/system': { get: Get<SystemState> };
  '/api/v1/system/parked': { get: Get<ParkedList> };
  '/api/v1/system/parked-events/{id}/retry': { post: Send<None, never, { id: number }> };
  '/api/v1/system/parked-batches/{id}/retry': { post: Send<None, never, { id: number }> };
}
