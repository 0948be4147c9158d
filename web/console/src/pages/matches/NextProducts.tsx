// What a person is likely to buy next, and why.
import { useQuery } from '@tanstack/react-query';
import type { components } from 'api/schema.d.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { ask } from '../audience/ask.ts';
import { Chance, Why } from './reason.tsx';

export function NextProducts({ id }: { id: string }) {
  const { t } = useTranslation('matches');
  const { data } = useQuery({
    queryKey: ['customer', id, 'product-matches'], retry: false,
    queryFn: ({ signal }) => ask<components['schemas']['performance.MatchedProducts']>('GET', 'customers/{id}/product-matches', { params: { path: { id }, query: { limit: 5 } }, signal }),
  });
  if (!data || data.items.length === 0) return null;
  const most = data.items[0]?.chance ?? 1;
  return (
    <Card title={t('next')} extra={<span className="small dim">{t('nextText', { days: data.horizon_days, day: data.as_of })}</span>} flush>
      <ul className="cards" data-testid="next-products">
        {data.items.map((one) => (
          <li key={one.product} className="row" style={{ padding: '8px 16px' }}>
            <span className="grow">
              <Link to={`/matches?product=${encodeURIComponent(one.product)}`}>{one.name || one.product}</Link>
              <div className="small dim"><Why reason={one.reason} /></div>
            </span>
            <Chance chance={one.chance} most={most} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
