// A person's primary strategy, and why it is this one.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useMay } from 'ui/viewer.tsx';
import { Reasons } from '../audience/PreviewPanel.tsx';
import { traceQuery } from './ask.ts';

export function StrategyCard({ id }: { id: string }) {
  const { t } = useTranslation('models');
  const may = useMay('customer.read');
  const { data } = useQuery({ ...traceQuery(id), enabled: may });
  if (!data || data.trace.length === 0) return null;
  return (
    <Card title={t('strategy.trace')} extra={<span className="strong" data-testid="strategy">{data.name ?? t('strategy.without')}</span>}>
      {data.action && <p>{data.action}</p>}
      <ol style={{ margin: 0, paddingInlineStart: 20 }}>
        {data.trace.map((step) => (
          <li key={step.id}>
            <span className={step.primary ? 'strong' : undefined}>{t(`layer.${step.layer}`)} · {step.name}</span>{' '}
            <Tag tone={step.primary ? 'active' : 'neutral'}>{step.primary ? t('strategy.primary') : step.holds ? t('strategy.behind') : t('strategy.holdsNot')}</Tag>
            <span className="small dim"> {step.set_name}</span>
            <Reasons reasons={step.reasons} />
          </li>
        ))}
      </ol>
    </Card>
  );
}
