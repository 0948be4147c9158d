// Every page, once: address, place in the menu, permission, words for the palette, and its lazy code.
import {
  ApartmentOutlined, ApiOutlined, BarChartOutlined, AimOutlined, FormOutlined, SwapOutlined, BugOutlined, ProfileOutlined, AuditOutlined, ReconciliationOutlined, BookOutlined, CarryOutOutlined, BranchesOutlined, DashboardOutlined, FileTextOutlined, IdcardOutlined,
  ExportOutlined, ImportOutlined, NodeExpandOutlined, PartitionOutlined, RocketOutlined, SafetyOutlined, SettingOutlined, ScheduleOutlined, ShopOutlined, ShoppingOutlined, SlidersOutlined, TableOutlined, TagsOutlined, TeamOutlined, ExperimentOutlined, OrderedListOutlined, PieChartOutlined, RiseOutlined, FundOutlined, WifiOutlined,
} from '@ant-design/icons';
import type { ComponentType } from 'react';
import { addChinese } from 'ui/i18n.ts';
import { wordsOf, type PageWords } from './locales/words.ts';

export type Group = 'results' | 'customers' | 'operations' | 'foundation';
export type PageKey =
  | 'today' | 'value' | 'results' | 'overview' | 'stores' | 'metrics' | 'start' | 'customers' | 'conflicts' | 'online' | 'leads' | 'capture' | 'open' | 'requests' | 'identityRules' | 'segments' | 'tags' | 'splits' | 'matches' | 'strategies' | 'models' | 'lifecycle' | 'rfm' | 'orders' | 'cycles' | 'imports' | 'reconcile' | 'sources' | 'debugger' | 'catalogue' | 'organisation'
  | 'roles' | 'exports' | 'audit' | 'settings' | 'system';

export interface PageEntry {
  key: PageKey;
  path: string;
  group: Group;
  permission: string;
  icon: ComponentType<{ 'aria-hidden'?: boolean }>;
  // Pressed after "g": g c opens the customers.
  letter?: string;
  // Listed for whoever's scope is of stores alone; to others the address is open as well.
  ofStores?: true;
  load: () => Promise<{ Component: ComponentType }>;
}

export interface DetailEntry { path: string; of: PageKey; permission: string; load: PageEntry['load'] }

const page = (load: () => Promise<{ default: ComponentType }>, ...words: PageWords[]) => async () => {
  const [{ default: Page }, { PageFrame }, said] = await Promise.all([load(), import('./shell/PageFrame.tsx'), wordsOf(words)]);
  addChinese(said);
  return { Component: () => <PageFrame><Page /></PageFrame> };
};

// "/metrics" belongs to the server: there it tells a monitor how it is doing.
export const pages: PageEntry[] = [
  { key: 'today', path: '/today', group: 'results', permission: 'overview.read', icon: CarryOutOutlined, letter: 't', load: page(() => import('./pages/today/Today.tsx')) },
  { key: 'results', path: '/results', group: 'results', permission: 'overview.read', icon: BarChartOutlined, ofStores: true, load: page(() => import('./pages/results/Results.tsx'), 'results') },
  { key: 'overview', path: '/overview', group: 'results', permission: 'overview.read', icon: DashboardOutlined, letter: 'o', load: page(() => import('./pages/overview/Overview.tsx')) },
  { key: 'stores', path: '/stores', group: 'results', permission: 'overview.read', icon: ShopOutlined, load: page(() => import('./pages/stores/Stores.tsx')) },
  { key: 'metrics', path: '/metric', group: 'results', permission: 'metric.read', icon: BookOutlined, letter: 'm', load: page(() => import('./pages/metrics/Metrics.tsx')) },
  { key: 'value', path: '/value', group: 'results', permission: 'metric.read', icon: FundOutlined, letter: 'v', load: page(() => import('./pages/value/Value.tsx'), 'value') },
  { key: 'start', path: '/start', group: 'results', permission: 'import.read', icon: RocketOutlined, load: page(() => import('./pages/start/Start.tsx')) },
  { key: 'customers', path: '/customers', group: 'customers', permission: 'customer.read', icon: TeamOutlined, letter: 'c', load: page(() => import('./pages/customers/Customers.tsx')) },
  { key: 'leads', path: '/leads', group: 'customers', permission: 'lead.read', icon: AimOutlined, letter: 'l', load: page(() => import('./pages/leads/Leads.tsx'), 'leads') },
  { key: 'conflicts', path: '/conflicts', group: 'customers', permission: 'customer.read', icon: BranchesOutlined, load: page(() => import('./pages/identity/Conflicts.tsx')) },
  { key: 'online', path: '/online', group: 'customers', permission: 'customer.read', icon: WifiOutlined, load: page(() => import('./pages/customers/OnlineRate.tsx')) },
  { key: 'requests', path: '/requests', group: 'customers', permission: 'customer.privacy', icon: SafetyOutlined, load: page(() => import('./pages/requests/Requests.tsx')) },
  { key: 'segments', path: '/segments', group: 'customers', permission: 'audience.read', icon: NodeExpandOutlined, letter: 'g', load: page(() => import('./pages/audience/Segments.tsx'), 'models') },
  { key: 'tags', path: '/tags', group: 'customers', permission: 'audience.read', icon: TagsOutlined, load: page(() => import('./pages/audience/Tags.tsx'), 'models') },
  { key: 'splits', path: '/splits', group: 'customers', permission: 'audience.read', icon: PieChartOutlined, load: page(() => import('./pages/models/Splits.tsx'), 'models') },
  { key: 'matches', path: '/matches', group: 'customers', permission: 'customer.read', icon: ShoppingOutlined, load: page(() => import('./pages/matches/Matches.tsx'), 'matches', 'models') },
  { key: 'strategies', path: '/strategies', group: 'customers', permission: 'audience.read', icon: OrderedListOutlined, load: page(() => import('./pages/models/Strategies.tsx'), 'models') },
  { key: 'models', path: '/models', group: 'customers', permission: 'audience.read', icon: ExperimentOutlined, load: page(() => import('./pages/models/Models.tsx'), 'models') },
  { key: 'lifecycle', path: '/lifecycle', group: 'customers', permission: 'audience.read', icon: RiseOutlined, letter: 'f', load: page(() => import('./pages/lifecycle/Lifecycle.tsx'), 'lifecycle', 'models') },
  { key: 'rfm', path: '/rfm', group: 'customers', permission: 'metric.read', icon: TableOutlined, letter: 'r', load: page(() => import('./pages/rfm/Rfm.tsx'), 'models') },
  { key: 'orders', path: '/orders', group: 'operations', permission: 'order.read', icon: FileTextOutlined, letter: 'd', load: page(() => import('./pages/orders/Orders.tsx')) },
  { key: 'cycles', path: '/cycles', group: 'operations', permission: 'cycle.read', icon: ScheduleOutlined, load: page(() => import('./pages/cycles/Cycles.tsx'), 'cycles') },
  { key: 'imports', path: '/imports', group: 'foundation', permission: 'import.read', icon: ImportOutlined, letter: 'i', load: page(() => import('./pages/imports/Imports.tsx'), 'imports') },
  { key: 'reconcile', path: '/reconcile', group: 'foundation', permission: 'reconcile.read', icon: ReconciliationOutlined, load: page(() => import('./pages/reconcile/Reconcile.tsx')) },
  { key: 'sources', path: '/sources', group: 'foundation', permission: 'source.read', icon: ApiOutlined, load: page(() => import('./pages/sources/Sources.tsx'), 'sources') },
  { key: 'capture', path: '/capture', group: 'foundation', permission: 'capture.read', icon: FormOutlined, load: page(() => import('./pages/capture/Capture.tsx'), 'capture') },
  { key: 'open', path: '/open', group: 'foundation', permission: 'open.read', icon: SwapOutlined, load: page(() => import('./pages/open/Open.tsx'), 'open', 'sources') },
  { key: 'debugger', path: '/debugger', group: 'foundation', permission: 'source.read', icon: BugOutlined, load: page(() => import('./pages/debugger/Debugger.tsx')) },
  { key: 'catalogue', path: '/catalogue', group: 'foundation', permission: 'source.read', icon: ProfileOutlined, load: page(() => import('./pages/catalogue/Catalogue.tsx')) },
  { key: 'identityRules', path: '/identity-rules', group: 'foundation', permission: 'customer.read', icon: PartitionOutlined, load: page(() => import('./pages/identity/Rules.tsx')) },
  { key: 'organisation', path: '/organisation', group: 'foundation', permission: 'org.read', icon: ApartmentOutlined, load: page(() => import('./pages/org/Organisation.tsx'), 'org', 'sources') },
  { key: 'roles', path: '/roles', group: 'foundation', permission: 'org.read', icon: IdcardOutlined, load: page(() => import('./pages/org/Roles.tsx'), 'org') },
  { key: 'exports', path: '/exports', group: 'foundation', permission: 'signed_in', icon: ExportOutlined, load: page(() => import('./pages/exports/Exports.tsx'), 'exports') },
  { key: 'audit', path: '/audit', group: 'foundation', permission: 'audit.read', icon: AuditOutlined, letter: 'a', load: page(() => import('./pages/system/Audit.tsx'), 'system') },
  { key: 'settings', path: '/settings', group: 'foundation', permission: 'signed_in', icon: SlidersOutlined, load: page(() => import('./pages/definitions/Definitions.tsx'), 'definitions', 'system') },
  { key: 'system', path: '/system', group: 'foundation', permission: 'system.read', icon: SettingOutlined, letter: 's', load: page(() => import('./pages/system/System.tsx'), 'system') },
];

export const details: DetailEntry[] = [
  { path: '/organisation/:id', of: 'organisation', permission: 'org.read', load: page(() => import('./pages/org/Node.tsx'), 'org') },
  { path: '/staff/:id', of: 'organisation', permission: 'org.read', load: page(() => import('./pages/org/Staff.tsx'), 'org', 'sources') },
  { path: '/account', of: 'settings', permission: 'signed_in', load: page(() => import('./pages/session/Account.tsx')) },
  { path: '/stores/:id', of: 'stores', permission: 'overview.read', load: page(() => import('./pages/stores/Store.tsx')) },
  { path: '/metric/:id', of: 'metrics', permission: 'metric.read', load: page(() => import('./pages/metrics/Metric.tsx')) },
  { path: '/customers/:id', of: 'customers', permission: 'customer.read', load: page(() => import('./pages/customers/Customer.tsx'), 'lifecycle', 'matches', 'models', 'system', 'value') },
  { path: '/lifecycle/new', of: 'lifecycle', permission: 'audience.write', load: page(() => import('./pages/lifecycle/Edit.tsx'), 'lifecycle', 'models') },
  { path: '/lifecycle/:id/edit', of: 'lifecycle', permission: 'audience.write', load: page(() => import('./pages/lifecycle/Edit.tsx'), 'lifecycle', 'models') },
  { path: '/tags/report', of: 'tags', permission: 'audience.read', load: page(() => import('./pages/models/TagReport.tsx'), 'models') },
  { path: '/segments/new', of: 'segments', permission: 'audience.write', load: page(() => import('./pages/audience/SegmentEdit.tsx'), 'models') },
  { path: '/segments/:id', of: 'segments', permission: 'audience.read', load: page(() => import('./pages/audience/Segment.tsx'), 'models') },
  { path: '/segments/:id/edit', of: 'segments', permission: 'audience.write', load: page(() => import('./pages/audience/SegmentEdit.tsx'), 'models') },
  { path: '/cycles/:id', of: 'cycles', permission: 'cycle.read', load: page(() => import('./pages/cycles/Cycle.tsx'), 'cycles') },
  { path: '/orders/:id', of: 'orders', permission: 'order.read', load: page(() => import('./pages/orders/Order.tsx')) },
  { path: '/imports/:id', of: 'imports', permission: 'import.read', load: page(() => import('./pages/imports/Import.tsx'), 'imports') },
];

export const groups: Group[] = ['results', 'customers', 'operations', 'foundation'];
