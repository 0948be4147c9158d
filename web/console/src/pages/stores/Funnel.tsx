// AARRR of a scope, whole or split by guide, channel or product. Each count opens its people.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { Funnel as Whole, FunnelPart, Funnels, FunnelStep } from 'api/contract.ts';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { ExportButton } from 'ui/ExportButton.tsx';
import { Change } from 'ui/MetricCard.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { useChannelName } from '../../orders/channel.ts';
import { Door } from '../../people/Door.tsx';
import type { Slice } from '../../people/people.ts';
import { splits, type Split } from './league.ts';

interface Span { from: string; to: string; node: string }

export function Funnel({ span, split, onSplit }: { span: Span; split: Split; onSplit: (split: Split) => void }) {
  const { t } = useTranslation('stores');
  const { phone } = useViewer();
  const may = useMay('overview.read');
  if (!may) return null;
  const how = (
    <Segmented size={phone ? 'middle' : 'small'} block={phone} aria-label={t('funnel.by')} value={split} onChange={onSplit}
      options={splits.map((value) => ({ value, label: t(`funnel.${value}`) }))} />
  );
  return (
    <Card title={t('funnel.title')} flush={split !== 'whole'} extra={
      <span className="row tight no-print">
        {split !== 'whole' && (
          <ExportButton size="small" name={`funnel_${split}.csv`} href={`/api/v1/funnels.csv?${new URLSearchParams({ by: split, from: span.from, to: span.to, ...(span.node && { node: span.node }) })}`}>
            {t('funnel.export')}
          </ExportButton>
        )}
        {!phone && how}
      </span>
    }>
      {phone && <div style={{ padding: split === 'whole' ? '0 0 12px' : 12 }}>{how}</div>}
      {split === 'whole' ? <Stages span={span} /> : <Parts span={span} by={split} />}
    </Card>
  );
}

function Stages({ span }: { span: Span }) {
  const { t } = useTranslation('stores');
  const format = useFormat();
  const query = useQuery({
    queryKey: ['funnel', span],
    queryFn: ({ signal }) => body(api.GET('/api/v1/funnel', { params: { query: { ...span, node: span.node || undefined } }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={query} rows={3}>
      {(funnel: Whole) => (
        <div className="metrics" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(150px, 1fr))' }}>
          {funnel.items.map((step) => (
            <section key={step.stage} className="card metric" style={{ minHeight: 0 }} aria-label={format.pick(step.name_zh, step.name_en)}>
              <div className="dim">{format.pick(step.name_zh, step.name_en)}</div>
              <div className="figure"><Count step={step} span={span} /></div>
              <div className="below">
                {step.metric ? <>{t('previous')} <Change metric={{ unit: 'count', value: step.people, previous: step.previous_people }} /></> : t('noReferral')}
              </div>
              {step.rate_zh && <div className="below dimmer">{t('rate', { name: format.pick(step.rate_zh, step.rate_en), value: format.ratio(step.rate) })}</div>}
            </section>
          ))}
        </div>
      )}
    </Loaded>
  );
}

function Count({ step, span, slice }: { step: FunnelStep; span: Span; slice?: Slice }) {
  const format = useFormat();
  if (!step.metric) return '–';
  const { from, to, node } = span;
  return (
    <Door people={{ kind: 'metric', id: step.metric, variant: step.metric_variant ?? '', part: 'numerator', from, to, node, ...(slice && { slice }) }}
      title={format.exact(step.people)}>{format.count(step.people)}</Door>
  );
}

function Parts({ span, by }: { span: Span; by: Slice['by'] }) {
  const { t } = useTranslation('stores');
  const query = useQuery({
    queryKey: ['funnels', by, span],
    queryFn: ({ signal }) => body(api.GET('/api/v1/funnels', { params: { query: { ...span, by, node: span.node || undefined } }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={query} rows={6}>
      {(funnels) => funnels.items.every((part) => !part.key) ? <Empty title={t('funnel.none')}>{t('funnel.noneText')}</Empty>
        : <PartsTable funnels={funnels} span={span} by={funnels.by} />}
    </Loaded>
  );
}

function PartsTable({ funnels, span, by }: { funnels: Funnels; span: Span; by: Slice['by'] }) {
  const { t } = useTranslation('stores');
  const format = useFormat();
  const { phone } = useViewer();
  const channel = useChannelName();
  const stages = funnels.items[0]?.stages.filter((step) => step.metric) ?? [];
  const name = (part: FunnelPart): string => {
    if (!part.key) return t(`funnel.rest.${by}`);
    if (by === 'channel') return channel(part.key);
    return part.name || part.code || part.key;
  };
  const listed = funnels.items.filter((part) => part.key).length;
  return (
    <>
      <div className="scroll-x">
        <table className="plain">
          <thead>
            <tr>
              <th>{t(`funnel.name.${by}`)}</th>
              <th className="num">{t('funnel.sales')}</th>
              {stages.map((step) => <th key={step.stage} className="num">{format.pick(step.name_zh, step.name_en)}</th>)}
            </tr>
          </thead>
          <tbody>
            {funnels.items.map((part) => (
              <tr key={part.key ?? ''} className={part.key ? undefined : 'dim'}>
                <td>{name(part)}{part.key && by !== 'channel' && <div className="small dimmer">{by === 'guide' ? part.code : part.key}</div>}</td>
                <td className="num" title={format.money(part.net_sales)}>{format.moneyShort(part.net_sales)}</td>
                {part.stages.filter((step) => step.metric).map((step) => (
                  <td key={step.stage} className="num">
                    {part.key ? <Count step={step} span={span} slice={{ by, key: part.key }} /> : format.count(step.people)}
                    {!phone && step.rate_zh && <div className="small dimmer" title={format.pick(step.rate_zh, step.rate_en)}>{format.ratio(step.rate)}</div>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="small dim" style={{ padding: '8px 16px' }}>
        {funnels.parts > listed && <>{t('funnel.more', { count: funnels.parts, shown: listed })}{' · '}</>}{t('funnel.note')}
      </p>
    </>
  );
}
