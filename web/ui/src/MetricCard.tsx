// One figure: name with its meaning, value, change, sparkline, and the doors: the card's figure to its page, numerator
// and denominator to the people behind them.
import type { MetricValue } from 'api/contract.ts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Definition } from './Definition.tsx';
import { change } from './format.ts';
import { Sparkline } from './Sparkline.tsx';
import { Sampled } from './Sampled.tsx';
import { Tag } from './Tag.tsx';
import { useFormat, type Format } from './viewer.tsx';

type Figure = Pick<MetricValue, 'unit'>;

export function figureText(format: Format, metric: Figure, value: number | null | undefined, tight = false): string {
  switch (metric.unit) {
    case 'money': return format.moneyShort(value, tight);
    case 'ratio': return format.ratio(value);
    case 'count': return format.count(value, tight);
    case 'days': return format.decimal(value, 1);
    case 'number': return format.decimal(value);
  }
}

export function exactText(format: Format, metric: Figure, value: number | null | undefined): string {
  switch (metric.unit) {
    case 'money': return format.money(value);
    case 'ratio': return format.ratio(value, 4);
    case 'count': return format.exact(value);
    case 'days': return format.decimal(value, 2);
    case 'number': return format.decimal(value, 4);
  }
}

export function Change({ metric }: { metric: Pick<MetricValue, 'unit' | 'value' | 'previous'> }) {
  const { t } = useTranslation('ui');
  const found = change(metric.value, metric.previous, metric.unit === 'ratio');
  if (!found) return <span>{t('change.none')}</span>;
  const mark = { up: '▲', down: '▼', same: '' }[found.direction];
  const text = found.points ? t('change.points', { text: found.text }) : `${found.text}%`;
  return <span style={{ color: 'var(--text)' }}><b>{`${mark} ${text}`.trim()}</b></span>;
}

interface Props {
  metric: MetricValue;
  definition: ReactNode;
  against: string;
  footer?: ReactNode;
  onOpen: () => void;
}

export function MetricCard({ metric, definition, against, footer, onOpen }: Props) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const name = format.pick(metric.name_zh, metric.name_en);
  return (
    <section className="card metric" aria-label={name}>
      <div className="name row tight">
        <Definition title={name} content={definition}>{name}</Definition>
        <Sampled on={metric.sampled} />
        {metric.small_base && <Tag tone="warn" title={t('smallBase.why')}>{t('smallBase.tag')}</Tag>}
      </div>
      <button type="button" className="bare figure" title={exactText(format, metric, metric.value)} onClick={onOpen}
        aria-label={t('openMetric', { name, value: figureText(format, metric, metric.value) })}>
        {figureText(format, metric, metric.value)}
      </button>
      <div className="below"><Change metric={metric} /> {against}</div>
      {footer && <div className="below">{footer}</div>}
      {metric.series.length > 1 && <Sparkline values={metric.series.map((point) => point.value ?? null)} />}
    </section>
  );
}
