// Who looks at the page and how: language, the tenant's zone and currency, theme, width, rights. Formatting hangs on it.
import { createContext, use, useMemo } from 'react';
import * as format from './format.ts';
import type { Language } from './format.ts';
import * as time from './time.ts';
import type { Mode } from './tokens.ts';

export interface Viewer {
  language: Language;
  zone: string;
  currency: string;
  cutoffMinutes: number;
  now: () => Date;
  mode: Mode;
  phone: boolean;
  permissions: ReadonlySet<string>;
}

const fallback: Viewer = {
  language: 'zh-CN', zone: 'Asia/Shanghai', currency: 'CNY', cutoffMinutes: 0, now: () => new Date(),
  mode: 'light', phone: false, permissions: new Set(),
};

export const ViewerContext = createContext<Viewer>(fallback);
export const useViewer = (): Viewer => use(ViewerContext);

export function useMay(permission: string): boolean {
  return useViewer().permissions.has(permission);
}

export interface Format {
  exact: typeof format.exact;
  count: (value: number | null | undefined, tight?: boolean) => string;
  money: (minor: number | null | undefined, currency?: string) => string;
  moneyShort: (minor: number | null | undefined, tight?: boolean, currency?: string) => string;
  ratio: typeof format.ratio;
  decimal: typeof format.decimal;
  bytes: typeof format.bytes;
  dateTime: (at: string | null | undefined) => string;
  dateTimeSeconds: (at: string | null | undefined) => string;
  day: (at: string | null | undefined) => string;
  today: () => string;
  pick: (zh: string, en: string) => string;
}

export function useFormat(): Format {
  const { language, zone, currency, cutoffMinutes, now } = useViewer();
  return useMemo(
    () => ({
      exact: format.exact,
      count: (value, tight) => format.count(value, language, tight),
      money: (minor, other) => format.money(minor, other ?? currency),
      moneyShort: (minor, tight, other) => format.moneyShort(minor, other ?? currency, language, tight),
      ratio: format.ratio,
      decimal: format.decimal,
      bytes: format.bytes,
      dateTime: (at) => time.dateTime(at, zone),
      dateTimeSeconds: (at) => time.dateTimeSeconds(at, zone),
      day: (at) => (at ? time.dayOf(at, zone) : time.missingTime),
      today: () => time.businessDay(now(), zone, cutoffMinutes),
      pick: (zh, en) => (language === 'zh-CN' ? zh : en || zh),
    }),
    [language, zone, currency, cutoffMinutes, now],
  );
}
