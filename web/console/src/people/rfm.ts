import type { RfmName } from 'api/contract.ts';

export const rfmClasses = [
  'important_value', 'important_growth', 'important_keep', 'important_retain',
  'general_value', 'general_growth', 'general_keep', 'general_retain',
] as const satisfies readonly RfmName[];

export const isRfm = (name: string | null | undefined): name is RfmName => (rfmClasses as readonly string[]).includes(name ?? '');
