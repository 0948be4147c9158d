// The questions of these pages, and how a target is typed: money in its main unit, ratios in percent.
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import type { components } from 'api/schema.d.ts';
import { ask } from '../audience/ask.ts';

type Schemas = components['schemas'];
export type Cycle = Schemas['performance.CycleView'];
export type Goal = Schemas['performance.GoalView'];
export type CycleInput = Schemas['performance.NewCycle'];
export type CycleState = Cycle['state'];
type Unit = Goal['unit'];

export const cyclesQuery = queryOptions({
  queryKey: ['cycles', 'list'],
  queryFn: ({ signal }) => ask<Schemas['performance.CycleList']>('GET', 'cycles', { signal }),
});
export const runningCyclesQuery = queryOptions({
  queryKey: ['cycles', 'running'], staleTime: 60_000,
  queryFn: ({ signal }) => ask<Schemas['performance.CycleList']>('GET', 'cycles', { params: { query: { state: 'running' } }, signal }),
});
export const cycleQuery = (id: string) => queryOptions({
  queryKey: ['cycles', 'one', id],
  queryFn: ({ signal }) => ask<Schemas['performance.CycleReply']>('GET', 'cycles/{id}', { params: { path: { id } }, signal }),
});
export const makeCycle = (body: CycleInput) => ask<{ id: string }>('POST', 'cycles', { body });
export const changeCycle = (id: string, body: CycleInput) => ask('PUT', 'cycles/{id}', { params: { path: { id } }, body });
export const startCycle = (id: string) => ask('POST', 'cycles/{id}/start', { params: { path: { id } }, body: {} });
export const markItem = (id: string, number: number, done: boolean, result: string) =>
  ask('POST', 'cycles/{id}/items/{number}', { params: { path: { id, number } }, body: { done, result } });
export const closeCycle = (id: string, body: { achieved: string; learned: string; next: string }) => ask('POST', 'cycles/{id}/close', { params: { path: { id } }, body });
export const reopenCycle = (id: string, reason: string) => ask('POST', 'cycles/{id}/reopen', { params: { path: { id } }, body: { reason } });
export const copyCycle = (id: string, body: { name: string; starts: string; ends: string }) => ask<{ id: string }>('POST', 'cycles/{id}/copy', { params: { path: { id } }, body });
export const dropCycle = (id: string) => ask('DELETE', 'cycles/{id}', { params: { path: { id } } });

export function useFreshCycles(): () => Promise<unknown> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['cycles'] });
}

const digitsOf = (currency: string): number => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
// What one typed unit is in the unit that is kept.
export const scaleOf = (unit: Unit, currency: string): number =>
  unit === 'money' ? 10 ** digitsOf(currency) : unit === 'ratio' ? 100 : unit === 'number' ? 10_000 : 1;

interface Printer { exact: (value: number) => string; money: (minor: number, currency?: string) => string; ratio: (share: number, decimals?: number) => string; decimal: (value: number, decimals: number) => string }
export function amountOf(format: Printer, unit: Unit, value: number, currency: string): string {
  switch (unit) {
    case 'money': return format.money(value, currency);
    case 'ratio': return format.ratio(value / 10_000, 1);
    case 'number': return format.decimal(value / 10_000, 2);
    default: return format.exact(value);
  }
}
