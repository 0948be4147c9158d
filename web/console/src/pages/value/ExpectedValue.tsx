// What a person is expected to bring in the next twelve months, with the name of the method.
import { useQuery } from '@tanstack/react-query';
import type { components } from 'api/schema.d.ts';
import { useTranslation } from 'react-i18next';
import { useFormat } from 'ui/viewer.tsx';
import { ask } from '../audience/ask.ts';

export function ExpectedValue({ id }: { id: string }) {
  const { t } = useTranslation('value');
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ['customer', id, 'expected-value'], retry: false,
    queryFn: ({ signal }) => ask<components['schemas']['performance.ExpectedValue']>('GET', 'customers/{id}/expected-value', { params: { path: { id } }, signal }),
  });
  if (!data?.expected_net) return null;
  const money = (value: { minor: number; currency: string }) => format.money(value.minor, value.currency);
  return (
    <p className="small" style={{ marginTop: 12 }} data-testid="expected-value">
      {t('person', {
        net: money(data.expected_net), purchases: format.decimal(data.expected_purchases, 1), active: format.ratio(data.probability_active),
      })}{' '}
      <span className="dim">{t('personMethod', { method: data.method ?? '', day: data.as_of })}</span>
    </p>
  );
}
