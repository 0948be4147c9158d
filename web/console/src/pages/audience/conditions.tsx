// The editors of one condition: what is asked of whom, with the words that the server knows.
import { Button, DatePicker, Input, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from 'ui/viewer.tsx';
import type { Choice, RuleAttribute, RuleWords } from './replies.ts';
import { dayOp, literalText, numberLiteral, spanOp, valueFor, withoutValue } from './rule.ts';
import { measures, type Filter, type Leaf, type Literal, type Measure, type RuleWindow, type Step, type WindowKind } from './types.ts';

export type LeafKind = 'attribute' | 'did' | 'absence' | 'sequence' | 'rhythm' | 'tag' | 'segment' | 'stage' | 'org';
export const kinds: LeafKind[] = ['attribute', 'did', 'absence', 'sequence', 'rhythm', 'tag', 'segment', 'stage', 'org'];

export function kindOf(leaf: Leaf): LeafKind {
  for (const kind of ['attribute', 'absence', 'sequence', 'rhythm', 'tag', 'segment', 'stage', 'org'] as const) if (kind in leaf) return kind;
  return 'did';
}

// A new condition asks something that stands at once, where the words allow it.
export function newLeaf(kind: LeafKind, words: RuleWords): Leaf {
  const event: Filter = words.event_types[0] ? { type: words.event_types[0].type } : {};
  const month: RuleWindow = { last: 30, unit: 'day' };
  switch (kind) {
    case 'attribute': {
      const [first] = words.attributes;
      const op = first?.ops.includes('ge') ? 'ge' : (first?.ops[0] ?? 'known');
      const value = valueFor(op, first?.type ?? 'number', undefined);
      return { attribute: first?.key ?? '', op, ...(value === undefined ? {} : { value }) };
    }
    case 'did': return { count: event, window: month, op: 'ge', value: 1 };
    case 'absence': return { absence: event, window: month };
    case 'sequence': return { sequence: [{ event }, { event: words.event_types[1] ? { type: words.event_types[1].type } : event, within: 7, unit: 'day' }] };
    case 'rhythm': return { rhythm: event, percentile: 90 };
    case 'tag': return { tag: words.tags[0]?.name ?? '' };
    case 'segment': return { segment: words.segments[0]?.name ?? '' };
    case 'stage': return { stage: words.stages[0]?.name ?? '' };
    case 'org': return { org: words.orgs[0]?.name ?? '' };
  }
}

interface Edit<T> { value: T; onChange: (next: T) => void; words: RuleWords; readOnly?: boolean }

export function LeafEditor({ value: leaf, onChange, words, readOnly }: Edit<Leaf>) {
  const { t } = useTranslation('audience');
  const same = { words, readOnly };
  if ('attribute' in leaf) return <AttributeEditor value={leaf} onChange={onChange} {...same} />;
  if ('tag' in leaf) return <NameSelect label={t('kind.tag')} names={words.tags} value={leaf.tag} onChange={(tag) => onChange({ tag })} readOnly={readOnly} />;
  if ('segment' in leaf) return <NameSelect label={t('kind.segment')} names={words.segments} value={leaf.segment} onChange={(segment) => onChange({ segment })} readOnly={readOnly} />;
  if ('stage' in leaf) return <NameSelect label={t('kind.stage')} names={words.stages} value={leaf.stage} onChange={(stage) => onChange({ stage })} readOnly={readOnly} />;
  if ('org' in leaf) return <NameSelect label={t('kind.org')} names={words.orgs} value={leaf.org} onChange={(org) => onChange({ org })} readOnly={readOnly} />;
  if ('absence' in leaf) {
    return (
      <>
        <FilterEditor value={leaf.absence} onChange={(absence) => onChange({ ...leaf, absence })} {...same} />
        <WindowEditor value={leaf.window} onChange={(window) => onChange(windowed({ absence: leaf.absence }, window))} {...same} />
      </>
    );
  }
  if ('rhythm' in leaf) {
    return (
      <>
        <FilterEditor value={leaf.rhythm} onChange={(rhythm) => onChange({ ...leaf, rhythm })} {...same} />
        <span>{t('rhythm')}</span>
        <InputNumber aria-label={t('percentile')} min={1} max={99} value={leaf.percentile} disabled={readOnly} style={{ width: 72 }}
          onChange={(percentile) => onChange({ ...leaf, percentile: percentile ?? 90 })} />
        <span>{t('percentile')}</span>
      </>
    );
  }
  if ('sequence' in leaf) {
    return (
      <>
        <SequenceEditor value={leaf.sequence} onChange={(sequence) => onChange({ ...leaf, sequence })} {...same} />
        <WindowEditor value={leaf.window} onChange={(window) => onChange(windowed({ sequence: leaf.sequence }, window))} {...same} />
      </>
    );
  }
  return <DidEditor value={leaf} onChange={onChange} {...same} />;
}

function windowed<T extends object>(leaf: T, window: RuleWindow | undefined): T & { window?: RuleWindow } {
  return window ? { ...leaf, window } : leaf;
}

function useName(): (one: { zh: string; en: string }) => string {
  const format = useFormat();
  return (one) => format.pick(one.zh, one.en);
}

interface NameProps { label: string; names: { name: string; title: string }[]; value: string; onChange: (name: string) => void; readOnly?: boolean }

// A name that is no longer there is shown, in red, never blank.
function NameSelect({ label, names, value, onChange, readOnly }: NameProps) {
  const missing = value !== '' && !names.some((one) => one.name === value);
  return (
    <Select aria-label={label} placeholder={label} value={value || undefined} disabled={readOnly} status={missing ? 'error' : undefined} showSearch={{ optionFilterProp: 'label' }}
      popupMatchSelectWidth={false} style={{ minWidth: 140, maxWidth: 260 }} onChange={onChange}
      options={[...names.map((one) => ({ value: one.name, label: one.title || one.name })), ...(missing ? [{ value, label: value }] : [])]} />
  );
}

function AttributeEditor({ value: leaf, onChange, words, readOnly }: Edit<Extract<Leaf, { attribute: string }>>) {
  const { t } = useTranslation('audience');
  const name = useName();
  const of = words.attributes.find((one) => one.key === leaf.attribute);
  return (
    <>
      <NameSelect label={t('kind.attribute')} names={words.attributes.map((one) => ({ name: one.key, title: name(one) }))} value={leaf.attribute} readOnly={readOnly}
        onChange={(attribute) => {
          const next = words.attributes.find((one) => one.key === attribute);
          const op = next?.ops.includes(leaf.op) ? leaf.op : (next?.ops[0] ?? leaf.op);
          const kept = next?.type === of?.type && op === leaf.op ? leaf.value : valueFor(op, next?.type ?? 'number', next?.values.length ? undefined : leaf.value);
          onChange({ attribute, op, ...(kept === undefined ? {} : { value: kept }) });
        }} />
      <Comparison of={of} op={leaf.op} value={leaf.value} words={words} readOnly={readOnly}
        onChange={(op, value) => onChange({ attribute: leaf.attribute, op, ...(value === undefined ? {} : { value }) })} />
    </>
  );
}

interface ComparisonProps {
  of: Pick<RuleAttribute, 'type' | 'values' | 'ops'> | undefined;
  op: string;
  value: Literal | Literal[] | undefined;
  onChange: (op: string, value: Literal | Literal[] | undefined) => void;
  words: RuleWords;
  readOnly?: boolean;
}

function Comparison({ of, op, value, onChange, words, readOnly }: ComparisonProps) {
  const { t } = useTranslation('audience');
  const name = useName();
  const ops = words.operators.filter((one) => !of || of.ops.includes(one.code) || one.code === op);
  return (
    <>
      <Select aria-label={t('operator')} value={op} disabled={readOnly} popupMatchSelectWidth={false} style={{ minWidth: 84 }} options={ops.map((one) => ({ value: one.code, label: name(one) }))}
        onChange={(next) => onChange(next, valueFor(next, of?.type ?? 'number', value))} />
      {!withoutValue(op) && <ValueEditor op={op} type={of?.type ?? 'number'} choices={of?.values ?? []} value={value} readOnly={readOnly} onChange={(next) => onChange(op, next)} />}
    </>
  );
}

interface ValueProps { op: string; type: string; choices: Choice[]; value: Literal | Literal[] | undefined; onChange: (value: Literal | Literal[]) => void; readOnly?: boolean }

function ValueEditor({ op, type, choices, value, onChange, readOnly }: ValueProps) {
  const { t } = useTranslation('audience');
  const name = useName();
  const label = t('value');
  if (op === 'in') {
    const list = (Array.isArray(value) ? value : []).map(literalText);
    const read = (texts: string[]) => onChange(texts.flatMap((one): Literal[] => {
      if (type !== 'number') return [one];
      const number = numberLiteral(one);
      return number === undefined ? [] : [number];
    }));
    return (
      <Select mode={choices.length > 0 ? 'multiple' : 'tags'} aria-label={label} placeholder={label} value={list} disabled={readOnly} style={{ minWidth: 180, maxWidth: 360 }}
        onChange={read} options={choices.map((one) => ({ value: one.code, label: name(one) }))} tokenSeparators={[',', ' ']} />
    );
  }
  const single = Array.isArray(value) ? value[0] : value;
  if (dayOp(op)) {
    const at = literalText(single);
    return <DatePicker aria-label={label} value={at ? dayjs(at) : null} disabled={readOnly} allowClear={false} onChange={(day) => onChange({ day: day?.format('YYYY-MM-DD') ?? '' })} />;
  }
  if (spanOp(op)) {
    return (
      <span className="row tight">
        <InputNumber aria-label={label} min={1} max={3660} value={typeof single === 'number' ? single : 30} disabled={readOnly} style={{ width: 84 }} onChange={(days) => onChange(days ?? 30)} />
        {t('unit.day')}
      </span>
    );
  }
  if (type === 'flag') {
    return <Select aria-label={label} value={single !== false} disabled={readOnly} onChange={onChange} options={[{ value: true, label: t('yes') }, { value: false, label: t('no') }]} />;
  }
  if (choices.length > 0) {
    return (
      <Select aria-label={label} placeholder={label} value={literalText(single) || undefined} disabled={readOnly} popupMatchSelectWidth={false} style={{ minWidth: 120 }} showSearch={{ optionFilterProp: 'label' }}
        onChange={(code) => onChange(code)} options={choices.map((one) => ({ value: one.code, label: name(one) }))} />
    );
  }
  if (type === 'number') return <NumberField label={label} value={single} onChange={onChange} readOnly={readOnly} />;
  return <Input aria-label={label} placeholder={label} value={literalText(single)} maxLength={200} disabled={readOnly} style={{ width: 160 }} onChange={(event) => onChange(event.target.value)} />;
}

// What is typed stays as it was typed until it is left; the value is what can be read of it.
function NumberField({ label, value, onChange, readOnly }: { label: string; value: Literal | undefined; onChange: (value: Literal) => void; readOnly?: boolean }) {
  const [typed, setTyped] = useState<string>();
  const shown = typed ?? literalText(value);
  return (
    <Input aria-label={label} inputMode="decimal" value={shown} disabled={readOnly} maxLength={20} style={{ width: 110 }}
      status={numberLiteral(shown) === undefined ? 'error' : undefined}
      onChange={(event) => {
        setTyped(event.target.value);
        const number = numberLiteral(event.target.value);
        if (number !== undefined) onChange(number);
      }}
      onBlur={() => setTyped(undefined)} />
  );
}

const ofCount: Pick<RuleAttribute, 'type' | 'values' | 'ops'> = { type: 'number', values: [], ops: ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] };

function DidEditor({ value: leaf, onChange, words, readOnly }: Edit<Leaf>) {
  const { t } = useTranslation('audience');
  const name = useName();
  const did = leaf as Partial<Record<Measure, Filter>> & { property?: string; window?: RuleWindow; op: string; value?: Literal | Literal[] };
  const measure = measures.find((one) => did[one] !== undefined) ?? 'count';
  const filter = did[measure] ?? {};
  const write = (next: { measure?: Measure; filter?: Filter; property?: string; window?: RuleWindow | 'ever'; op?: string; value?: Literal | Literal[] | 'none' }) => {
    const by = next.measure ?? measure;
    const property = next.property ?? did.property ?? words.properties[0]?.key;
    const window = next.window === 'ever' ? undefined : (next.window ?? did.window);
    const value = next.value === 'none' ? undefined : (next.value ?? did.value);
    onChange({
      [by]: next.filter ?? filter, ...(by === 'count' ? {} : { property }), ...(window ? { window } : {}), op: next.op ?? did.op, ...(value === undefined ? {} : { value }),
    } as Leaf);
  };
  const property = words.properties.find((one) => one.key === did.property);
  const of = measure === 'count' || measure === 'distinct' || measure === 'sum' ? ofCount : property;
  return (
    <>
      <FilterEditor value={filter} onChange={(next) => write({ filter: next })} words={words} readOnly={readOnly} />
      <WindowEditor value={did.window} onChange={(window) => write({ window: window ?? 'ever' })} words={words} readOnly={readOnly} />
      {words.properties.length > 0 && (
        <Select aria-label={t('measure')} value={measure} disabled={readOnly} popupMatchSelectWidth={false} style={{ minWidth: 84 }}
          onChange={(next) => write({ measure: next, op: 'ge', value: 1 })}
          options={measures.map((code) => ({ value: code, label: name(words.measures.find((one) => one.code === code) ?? { zh: code, en: code }) }))} />
      )}
      {words.properties.length === 0 && <span>{t('times')}</span>}
      {measure !== 'count' && (
        <NameSelect label={t('property')} names={words.properties.map((one) => ({ name: one.key, title: name(one) }))} value={did.property ?? ''} readOnly={readOnly}
          onChange={(next) => write({ property: next })} />
      )}
      <Comparison of={of} op={did.op} value={did.value} words={words} readOnly={readOnly} onChange={(op, value) => write({ op, value: value ?? 'none' })} />
    </>
  );
}

const anyEvent = '*';

export function FilterEditor({ value: filter, onChange, words, readOnly }: Edit<Filter>) {
  const { t } = useTranslation('audience');
  const name = useName();
  const where = filter.where ?? [];
  const write = (next: Filter) => onChange({ ...(next.type ? { type: next.type } : {}), ...(next.where && next.where.length > 0 ? { where: next.where } : {}) });
  const types = words.event_types.map((one) => ({ name: one.type, title: name(one) || one.type }));
  return (
    <>
      <NameSelect label={t('event')} names={[{ name: anyEvent, title: t('anyEvent') }, ...types]} value={filter.type ?? anyEvent} readOnly={readOnly}
        onChange={(type) => write({ ...filter, type: type === anyEvent ? '' : type })} />
      {where.map((test, index) => (
        <span key={`${test.property}${String(index)}`} className="row tight where">
          <NameSelect label={t('property')} names={words.properties.map((one) => ({ name: one.key, title: name(one) }))} value={test.property} readOnly={readOnly}
            onChange={(property) => write({ ...filter, where: where.map((one, at) => (at === index ? { ...one, property } : one)) })} />
          <Comparison of={words.properties.find((one) => one.key === test.property)} op={test.op} value={test.value} words={words} readOnly={readOnly}
            onChange={(op, value) => write({ ...filter, where: where.map((one, at) => (at === index ? { property: one.property, op, ...(value === undefined ? {} : { value }) } : one)) })} />
          {!readOnly && <Button size="small" type="text" aria-label={t('dropWhere')} onClick={() => write({ ...filter, where: where.filter((_, at) => at !== index) })}>×</Button>}
        </span>
      ))}
      {!readOnly && words.properties[0] && where.length < 8 && (
        <Button size="small" type="link" onClick={() => {
          const [first] = words.properties;
          if (first) write({ ...filter, where: [...where, { property: first.key, op: first.type === 'number' ? 'ge' : 'eq', value: valueFor('eq', first.type, undefined) }] });
        }}>{t('addWhere')}</Button>
      )}
    </>
  );
}

export function WindowEditor({ value: window, onChange, words, readOnly }: Edit<RuleWindow | undefined>) {
  const { t } = useTranslation('audience');
  const name = useName();
  const kind = (['last', 'this', 'previous'] as const).find((one) => window?.[one] !== undefined);
  const units = words.units.filter((one) => (kind === 'last' ? ['hour', 'day', 'week'] : ['day', 'week', 'month', 'year']).includes(one.code));
  const write = (next: WindowKind | 'ever', count: number, unit: string) => {
    if (next === 'ever') return onChange(undefined);
    const allowed = next === 'last' ? ['hour', 'day', 'week'] : ['day', 'week', 'month', 'year'];
    return onChange({ [next]: next === 'this' ? 1 : count, unit: allowed.includes(unit) ? unit : (next === 'last' ? 'day' : 'month') });
  };
  const count = kind ? (window?.[kind] ?? 1) : 30;
  return (
    <span className="row tight">
      <Select aria-label={t('window')} value={kind ?? 'ever'} disabled={readOnly} popupMatchSelectWidth={false} style={{ minWidth: 84 }}
        onChange={(next) => write(next as WindowKind | 'ever', next === 'previous' ? 1 : 30, window?.unit ?? 'day')}
        options={[{ value: 'ever', label: t('windowKind.ever') }, ...(['last', 'this', 'previous'] as const).map((one) => ({ value: one, label: t(`windowKind.${one}`) }))]} />
      {kind && kind !== 'this' && (
        <InputNumber aria-label={t('howLong')} min={1} max={3660} value={count} disabled={readOnly} style={{ width: 72 }} onChange={(next) => write(kind, next ?? 1, window?.unit ?? 'day')} />
      )}
      {kind && (
        <Select aria-label={t('unitLabel')} value={window?.unit} disabled={readOnly} popupMatchSelectWidth={false} onChange={(unit) => write(kind, count, unit)}
          options={units.map((one) => ({ value: one.code, label: name(one) }))} />
      )}
    </span>
  );
}

function SequenceEditor({ value: steps, onChange, words, readOnly }: Edit<Step[]>) {
  const { t } = useTranslation('audience');
  const name = useName();
  const units = words.units.filter((one) => ['hour', 'day', 'week'].includes(one.code));
  const write = (index: number, next: Step) => onChange(steps.map((one, at) => (at === index ? next : one)));
  return (
    <span className="stack sequence">
      {steps.map((one, index) => (
        <span key={String(index)} className="row tight">
          {index > 0 && (
            <>
              <span>{t('then')}</span>
              <InputNumber aria-label={t('howLong')} min={1} max={3660} value={one.within ?? 7} disabled={readOnly} style={{ width: 68 }} onChange={(within) => write(index, { ...one, within: within ?? 7, unit: one.unit ?? 'day' })} />
              <Select aria-label={t('unitLabel')} value={one.unit ?? 'day'} disabled={readOnly} popupMatchSelectWidth={false} onChange={(unit) => write(index, { ...one, within: one.within ?? 7, unit })}
                options={units.map((unit) => ({ value: unit.code, label: name(unit) }))} />
              <span>{t('inside')}</span>
            </>
          )}
          <FilterEditor value={one.event} onChange={(event) => write(index, { ...one, event })} words={words} readOnly={readOnly} />
          {index > 0 && one.without && (
            <>
              <span>{t('without')}</span>
              <FilterEditor value={one.without} onChange={(without) => write(index, { ...one, without })} words={words} readOnly={readOnly} />
            </>
          )}
          {!readOnly && index > 0 && (
            <Button size="small" type="link" onClick={() => {
              const { without, ...rest } = one;
              write(index, without ? rest : { ...one, without: one.event });
            }}>{one.without ? t('dropWithout') : t('addWithout')}</Button>
          )}
          {!readOnly && steps.length > 2 && index > 0 && <Button size="small" type="text" aria-label={t('dropStep')} onClick={() => onChange(steps.filter((_, at) => at !== index))}>×</Button>}
        </span>
      ))}
      {!readOnly && steps.length < 8 && (
        <span><Button size="small" type="link" onClick={() => onChange([...steps, { event: steps.at(-1)?.event ?? {}, within: 7, unit: 'day' }])}>{t('addStep')}</Button></span>
      )}
    </span>
  );
}
