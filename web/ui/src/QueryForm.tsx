// The query form of a list: 3 or 4 fields, the rest behind "more", applied ones as chips. Selects and dates apply at
// once, text on Enter or on the button, so the form never shows one thing and the table another.
import { CloseOutlined, DownOutlined, UpOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isComposing } from './hooks.ts';
import { useViewer } from './viewer.tsx';

// The calendar comes after the form: it is the heaviest part of a list.
const DayRange = lazy(() => import('./DayRange.tsx'));

export interface Option { value: string; label: string }
export type QueryField =
  | { kind: 'text'; key: string; label: string; placeholder?: string }
  | { kind: 'select'; key: string; label: string; options: Option[]; search?: boolean }
  | { kind: 'days'; key: string; label: string; from: string; to: string };

export type Values = Record<string, string | undefined>;

interface Props {
  fields: QueryField[];
  values: Values;
  onChange: (next: Values) => void;
  shown?: number;
}

export function QueryForm({ fields, values, onChange, shown: most = 4 }: Props) {
  const { phone } = useViewer();
  const shown = phone ? 1 : most;
  const { t } = useTranslation('ui');
  const [drafts, setDrafts] = useState<Values>({});
  const [open, setOpen] = useState(false);
  const visible = open ? fields : fields.slice(0, shown);
  const draft = (key: string): string => drafts[key] ?? values[key] ?? '';

  const submit = () => {
    const next: Values = {};
    for (const field of fields) if (field.kind === 'text') next[field.key] = draft(field.key).trim() || undefined;
    setDrafts({});
    onChange(next);
  };
  const keysOf = (field: QueryField): string[] => (field.kind === 'days' ? [field.from, field.to] : [field.key]);
  const clear = (list: QueryField[]) => {
    setDrafts({});
    onChange(Object.fromEntries(list.flatMap(keysOf).map((key) => [key, undefined])));
  };
  const applied = fields.filter((field) => keysOf(field).some((key) => values[key]));

  return (
    <form className="query-form card no-print" role="search" onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <div className="fields">
        {visible.map((field) => (
          <div key={field.key} className={field.kind === 'days' ? 'field wide' : 'field'}>
            {field.kind === 'text' && (
              <Input aria-label={field.label} placeholder={field.placeholder ?? field.label} value={draft(field.key)}
                allowClear maxLength={200} autoComplete="off"
                onChange={(event) => setDrafts((before) => ({ ...before, [field.key]: event.target.value }))}
                onKeyDown={(event) => { if (event.key === 'Enter' && isComposing(event)) event.preventDefault(); }} />
            )}
            {field.kind === 'select' && (
              <Select aria-label={field.label} placeholder={field.label} allowClear options={field.options}
                showSearch={field.search ? { optionFilterProp: 'label' } : false}
                value={values[field.key] || undefined}
                onChange={(value?: string) => onChange({ [field.key]: value })} />
            )}
            {field.kind === 'days' && (
              <Suspense fallback={<Input aria-label={field.label} disabled />}>
                <DayRange label={field.label} from={values[field.from] ?? ''} to={values[field.to] ?? ''}
                  onChange={(from, to) => onChange({ [field.from]: from || undefined, [field.to]: to || undefined })} />
              </Suspense>
            )}
          </div>
        ))}
        <div className="row">
          <Button type="primary" htmlType="submit">{t('query')}</Button>
          <Button onClick={() => clear(fields)}>{t('reset')}</Button>
          {fields.length > shown && (
            <Button type="link" icon={open ? <UpOutlined /> : <DownOutlined />} iconPlacement="end" aria-expanded={open}
              onClick={() => setOpen(!open)}>
              {open ? t('less') : t('more')}
            </Button>
          )}
        </div>
      </div>
      {applied.length > 0 && (
        <div className="chips">
          {applied.map((field) => (
            <span key={field.key} className="chip">
              {t('chip', { label: field.label, value: shownValue(field, values) })}
              <button type="button" className="bare" aria-label={t('drop', { what: field.label })} onClick={() => clear([field])}>
                <CloseOutlined />
              </button>
            </span>
          ))}
        </div>
      )}
    </form>
  );
}

function shownValue(field: QueryField, values: Values): string {
  if (field.kind === 'days') return `${values[field.from] ?? '…'} – ${values[field.to] ?? '…'}`;
  const value = values[field.key] ?? '';
  return field.kind === 'select' ? (field.options.find((one) => one.value === value)?.label ?? value) : value;
}
