import type { TFunction } from 'i18next';

const known = ['operations', 'customer', 'finance', 'analyst'] as const;

export function ownerName(owner: string, t: TFunction<'metrics'>): string {
  const found = known.find((one) => one === owner);
  return found ? t(`owners.${found}`) : owner;
}
