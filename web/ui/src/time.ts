// Time is shown in the tenant's zone, never in the browser's. Days are YYYY-MM-DD; ranges include both ends.
import type { Day, Instant } from 'api/contract.ts';

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit',
      hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
    });
    formatters.set(zone, found);
  }
  return found;
}

function parts(at: Date, zone: string): Record<string, string> {
  return Object.fromEntries(formatter(zone).formatToParts(at).map((part) => [part.type, part.value]));
}

export const missingTime = '–';

// 2026-03-01 14:05
export function dateTime(at: Instant | null | undefined, zone: string): string {
  if (!at) return missingTime;
  const p = parts(new Date(at), zone);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}`;
}

export function dateTimeSeconds(at: Instant | null | undefined, zone: string): string {
  if (!at) return missingTime;
  return `${dateTime(at, zone)}:${parts(new Date(at), zone).second}`;
}

export function dayOf(at: Instant | Date, zone: string): Day {
  const p = parts(typeof at === 'string' ? new Date(at) : at, zone);
  return `${p.year}-${p.month}-${p.day}`;
}

// The business day that an instant belongs to: the day ends at the cut-off, not at midnight.
export function businessDay(at: Instant | Date, zone: string, cutoffMinutes: number): Day {
  const moment = typeof at === 'string' ? new Date(at) : at;
  return dayOf(new Date(moment.getTime() - cutoffMinutes * 60_000), zone);
}

const utc = (day: Day): Date => new Date(`${day}T00:00:00Z`);
const print = (date: Date): Day => date.toISOString().slice(0, 10);

export function addDays(day: Day, days: number): Day {
  return print(new Date(utc(day).getTime() + days * 86_400_000));
}

export function addMonths(day: Day, months: number): Day {
  const date = utc(day);
  const wanted = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(wanted.getUTCFullYear(), wanted.getUTCMonth() + 1, 0)).getUTCDate();
  wanted.setUTCDate(Math.min(date.getUTCDate(), last));
  return print(wanted);
}

export function daysBetween(from: Day, to: Day): number {
  return Math.round((utc(to).getTime() - utc(from).getTime()) / 86_400_000);
}

// Monday first.
export function weekStart(day: Day): Day {
  return addDays(day, -((utc(day).getUTCDay() + 6) % 7));
}

const monthStart = (day: Day): Day => `${day.slice(0, 7)}-01`;

export const presets = ['yesterday', 'last7', 'last30', 'last90', 'thisMonth', 'lastMonth', 'thisYear', 'last365'] as const;
export type Preset = (typeof presets)[number];

export function range(preset: Preset, today: Day): { from: Day; to: Day } {
  const yesterday = addDays(today, -1);
  switch (preset) {
    case 'yesterday': return { from: yesterday, to: yesterday };
    case 'last7': return { from: addDays(today, -7), to: yesterday };
    case 'last30': return { from: addDays(today, -30), to: yesterday };
    case 'last90': return { from: addDays(today, -90), to: yesterday };
    case 'thisMonth': return { from: monthStart(today), to: today };
    case 'lastMonth': {
      const first = addMonths(monthStart(today), -1);
      return { from: first, to: addDays(monthStart(today), -1) };
    }
    case 'thisYear': return { from: `${today.slice(0, 4)}-01-01`, to: today };
    case 'last365': return { from: addDays(today, -365), to: yesterday };
  }
}

// How long ago, as whole units for the locale to put into words.
export function ago(at: Instant, now: Date): { unit: 'seconds' | 'minutes' | 'hours' | 'days'; count: number } {
  const seconds = Math.max(0, Math.floor((now.getTime() - new Date(at).getTime()) / 1000));
  if (seconds < 60) return { unit: 'seconds', count: seconds };
  if (seconds < 3600) return { unit: 'minutes', count: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: 'hours', count: Math.floor(seconds / 3600) };
  return { unit: 'days', count: Math.floor(seconds / 86_400) };
}

// The zone's distance from UTC at a moment, "UTC+8", for viewers who sit elsewhere.
export function offsetOf(zone: string, at: Date): string {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'shortOffset' })
    .formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name.replace('GMT', 'UTC');
}

// The instant at which a calendar day begins in a zone. Where the clock skips midnight, the first moment of the day.
export function startOfDay(day: Day, zone: string): Instant {
  let at = utc(day).getTime();
  // The offset at the guess leads to the answer; a second step settles days on which it changes.
  for (let step = 0; step < 2; step += 1) {
    const p = parts(new Date(at), zone);
    const shown = Date.UTC(Number(p.year), Number(p.month) - 1, Number(p.day), Number(p.hour), Number(p.minute), Number(p.second));
    at += utc(day).getTime() - shown;
  }
  while (dayOf(new Date(at), zone) < day) at += 15 * 60_000;
  return new Date(at).toISOString();
}
