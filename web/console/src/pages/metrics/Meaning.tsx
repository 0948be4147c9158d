// The meaning of a metric, from the dictionary: never typed into a page.
import type { MetricDefinition, MetricValue } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { ownerName } from './owner.ts';

interface Props { definition: MetricDefinition | undefined; metric?: Pick<MetricValue, 'variant' | 'from' | 'to'> }

export function MetricMeaning({ definition, metric }: Props) {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  const { zone } = useViewer();
  if (!definition) return <span className="dim">{t('unknown')}</span>;
  const variant = definition.variants.find((one) => one.id === metric?.variant);
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div>{variant?.formula ?? definition.formula}</div>
      <dl className="facts small">
        {variant && <><dt>{t('variant')}</dt><dd>{format.pick(variant.name_zh, variant.name_en)}</dd></>}
        {metric && <><dt>{t('window')}</dt><dd>{metric.from} – {metric.to}</dd></>}
        <dt>{t('zone')}</dt><dd>{zone}</dd>
        <dt>{t('owner')}</dt><dd>{ownerName(definition.owner, t)}</dd>
        <dt>{t('version')}</dt><dd>v{definition.version}</dd>
      </dl>
      <Link to={`/metric/${definition.id}`}>{t('open')}</Link>
    </div>
  );
}
