// Cards of figures in the order asked for, each with its meaning, its change, and the people behind it.
import { useQuery } from '@tanstack/react-query';
import type { MetricValue } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { MetricCard } from 'ui/MetricCard.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { metricsQuery } from '../queries.ts';
import { Door } from './Door.tsx';

interface Props {
  metrics: MetricValue[];
  // Ids, "id/variant" for a variant. A metric that the tenant has switched off is simply not among the answers.
  order: readonly string[];
  from: string;
  to: string;
  node?: string;
  against: string;
}

const keyOf = (metric: MetricValue): string => (metric.variant ? `${metric.id}/${metric.variant}` : metric.id);

export function FigureCards({ metrics, order, from, to, node = '', against }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const mayPeople = useMay('customer.read');
  const { data: dictionary } = useQuery({ ...metricsQuery, enabled: useMay('metric.read') });
  const shown = order.flatMap((key) => metrics.find((metric) => keyOf(metric) === key) ?? []);
  return (
    <div className="metrics">
      {shown.map((metric) => {
        const variant = metric.variant ?? '';
        const params = new URLSearchParams({ from, to, ...(node ? { node } : {}), ...(variant ? { variant } : {}) });
        const meaning = dictionary?.items.find((one) => one.id === metric.id);
        return (
          <MetricCard key={keyOf(metric)} metric={metric} against={against}
            definition={meaning ? <Meaning formula={meaning.variants.find((one) => one.id === variant)?.formula ?? meaning.formula} id={metric.id} /> : null}
            footer={mayPeople && (
              <Door people={{ kind: 'metric', id: metric.id, variant, part: 'numerator', from, to, node }} title={format.exact(metric.people_numerator)}>
                {t('figures.people', { count: metric.people_numerator, shown: format.count(metric.people_numerator) })}
              </Door>
            )}
            onOpen={() => void navigate(`/metric/${metric.id}?${params}`)} />
        );
      })}
    </div>
  );
}

function Meaning({ formula, id }: { formula: string; id: string }) {
  const { t } = useTranslation();
  return <div className="stack" style={{ gap: 8 }}><div>{formula}</div><Link to={`/metric/${id}`}>{t('figures.definition')}</Link></div>;
}
