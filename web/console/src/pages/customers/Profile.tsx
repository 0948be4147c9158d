// The six blocks, always; each field with its source, date and how sure it is.
import type { BlockView, CustomerView, FieldView } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { Reveal } from 'ui/Reveal.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { revealField } from './reveal.ts';
import { useSourceName } from './source.ts';

interface Props { customer: CustomerView; onShown: (shown: boolean) => void }

export function Profile({ customer, onShown }: Props) {
  return (
    <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))' }}>
      {customer.profile.map((block) => <Block key={block.block} block={block} id={customer.id} onShown={onShown} />)}
    </div>
  );
}

function Block({ block, id, onShown }: { block: BlockView; id: string; onShown: (shown: boolean) => void }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  return (
    <Card title={format.pick(block.label_zh, block.label_en)}>
      {block.fields.length === 0 ? <div className="dimmer">{t('profile.empty')}</div> : (
        <dl className="facts">
          {block.fields.map((field) => <Field key={field.key} field={field} id={id} onShown={onShown} />)}
        </dl>
      )}
    </Card>
  );
}

function Field({ field, id, onShown }: { field: FieldView; id: string; onShown: (shown: boolean) => void }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const mayReveal = useMay('customer.reveal');
  const sourceName = useSourceName();
  const label = format.pick(field.label_zh, field.label_en);
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {field.revealable && mayReveal
          ? <Reveal masked={field.value_masked} label={label} onShown={onShown} reveal={(reason) => revealField(id, field.key, reason)} />
          : field.value_masked || '–'}
        <div className="small dimmer">
          {t('profile.origin', { source: sourceName(field.source), day: format.day(field.at), sure: field.confidence })}
        </div>
      </dd>
    </>
  );
}
