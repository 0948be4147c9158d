// Makes a wrong key fail the build: the Chinese files are the list of what may be said.
import 'i18next';
import type ui from 'ui/locales/zh-CN.json';
import type audience from './locales/zh-CN/audience.json';
import type capture from './locales/zh-CN/capture.json';
import type cycles from './locales/zh-CN/cycles.json';
import type definitions from './locales/zh-CN/definitions.json';
import type exports from './locales/zh-CN/exports.json';
import type customers from './locales/zh-CN/customers.json';
import type identity from './locales/zh-CN/identity.json';
import type imports from './locales/zh-CN/imports.json';
import type inlets from './locales/zh-CN/inlets.json';
import type leads from './locales/zh-CN/leads.json';
import type lifecycle from './locales/zh-CN/lifecycle.json';
import type matches from './locales/zh-CN/matches.json';
import type metrics from './locales/zh-CN/metrics.json';
import type open from './locales/zh-CN/open.json';
import type models from './locales/zh-CN/models.json';
import type orders from './locales/zh-CN/orders.json';
import type org from './locales/zh-CN/org.json';
import type overview from './locales/zh-CN/overview.json';
import type privacy from './locales/zh-CN/privacy.json';
import type reconcile from './locales/zh-CN/reconcile.json';
import type results from './locales/zh-CN/results.json';
import type session from './locales/zh-CN/session.json';
import type shell from './locales/zh-CN/shell.json';
import type sources from './locales/zh-CN/sources.json';
import type stores from './locales/zh-CN/stores.json';
import type start from './locales/zh-CN/start.json';
import type system from './locales/zh-CN/system.json';
import type value from './locales/zh-CN/value.json';
import type today from './locales/zh-CN/today.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'shell';
    resources: {
      ui: typeof ui;
      audience: typeof audience;
      capture: typeof capture;
      cycles: typeof cycles;
      definitions: typeof definitions;
      exports: typeof exports;
      customers: typeof customers;
      identity: typeof identity;
      imports: typeof imports;
      inlets: typeof inlets;
      leads: typeof leads;
      lifecycle: typeof lifecycle;
      matches: typeof matches;
      metrics: typeof metrics;
      open: typeof open;
      models: typeof models;
      orders: typeof orders;
      org: typeof org;
      overview: typeof overview;
      privacy: typeof privacy;
      reconcile: typeof reconcile;
      results: typeof results;
      session: typeof session;
      shell: typeof shell;
      sources: typeof sources;
      start: typeof start;
      stores: typeof stores;
      system: typeof system;
      today: typeof today;
      value: typeof value;
    };
  }
}
