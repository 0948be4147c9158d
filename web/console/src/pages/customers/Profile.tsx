// The six blocks, always; each field with its source, date and how sure it is.
import type { BlockView, CustomerValue, CustomerView, FieldView } from 'api/contract.ts';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { Reveal } from 'ui/Reveal.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { RfmTag } from '../../people/RfmTag.tsx';
import { revealField } from './reveal.ts';
import { useSourceName } from './source.ts';

interface Props { customer: CustomerView; value: CustomerValue | undefined; home: string; onShown: (shown: boolean) => void }

// What no source said but orders tell: shown in its block, with that origin.
type Computed = Partial<Record<BlockView['block'], [string, ReactNode][]>>;

export function Profile({ customer, value, home, onShown }: Props) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const computed: Computed = {
    place: home ? [[t('column.home'), home]] : [],
    value: value ? [
      [t('fact.spend'), format.money(value.net_spend.minor, value.net_spend.currency)],
      [t('fact.orders'), format.exact(value.orders)],
      [t('fact.last'), format.dateTime(value.last_order_at)],
      [t('column.class'), <RfmTag key="class" name={value.rfm?.rfm_class} />],
    ] : [],
    membership: customer.member ? [[t('member'), t('since', { day: format.day(customer.first_seen_at) })]] : [],
  };
  return (
    <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))' }}>
      {customer.profile.map((block) => (
        <Block key={block.block} block={block} computed={computed[block.block] ?? []} id={customer.id} onShown={onShown} />
      ))}
    </div>
  );
}

interface BlockProps { block: BlockView; computed: [string, ReactNode][]; id: string; onShown: (shown: boolean) => void }

function Block({ block, computed, id, onShown }: BlockProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return (
    <Card title={format.pick(block.label_zh, block.label_en)}>
      {block.fields.length + computed.length === 0 ? <div className="dimmer">{t('profile.empty')}</div> : (
        <dl className="facts">
          {block.fields.map((field) => <Field key={field.key} field={field} id={id} onShown={onShown} />)}
          {computed.map(([label, shown]) => <Fragment key={label}><dt>{label}</dt><dd>{shown}</dd></Fragment>)}
        </dl>
      )}
      {block.block === 'value' && computed.length > 0 && <div className="small dimmer" style={{ marginTop: 6 }}>{t('profile.computed')}</div>}
    </Card>
  );
}

function Field({ field, id, onShown }: { field: FieldView; id: string; onShown: (shown: boolean) => void }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const mayReveal = useMay('customer.reveal');
  const sourceName = useSourceName();
  const label = format.pick(field.label_zh, field.label_en);
  const shown = ({ key, value_masked: value }: FieldView): string =>
    key === 'gender' && (value === 'male' || value === 'female') ? t(`profile.${value}`) : value;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {field.revealable && mayReveal
          ? <Reveal masked={field.value_masked} label={label} onShown={onShown} reveal={(reason) => revealField(id, field.key, reason)} />
          : shown(field) || '–'}
        <div className="small dimmer">
          {t('profile.origin', { source: sourceName(field.source), day: format.day(field.at), sure: field.confidence })}
        </div>
      </dd>
    </>
  );
}
