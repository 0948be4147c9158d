// ② Which column feeds which field. The samples beside are of the chosen column, so a wrong choice is seen at once.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ImportPage, TargetField } from 'api/contract.ts';
import { Button, Input, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { Codes, type CodeField } from './Codes.tsx';
import { Layout, Part } from './Layout.tsx';
import { useStart } from './start.ts';

interface Props { page: ImportPage; readOnly: boolean; onChecked: () => void }

export function Columns(props: Props) {
  const query = useQuery({
    queryKey: ['import-targets'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/import-targets', { signal })),
    staleTime: 600_000,
  });
  return (
    <Loaded query={query} rows={8}>
      {({ items }) => {
        const target = items.find((one) => one.name === props.page.item.target) ?? items[0];
        // Another layout or further columns: the choices begin anew.
        return target ? <Mapper key={JSON.stringify(props.page.mapping)} {...props} fields={target.fields} /> : null;
      }}
    </Loaded>
  );
}

const codeFields: CodeField[] = ['node_code', 'guide_code'];
const nodeKinds = ['store', 'region', 'online'] as const;

function Mapper({ page, fields, readOnly, onChecked }: Props & { fields: TargetField[] }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const { currency, zone, phone } = useViewer();
  const client = useQueryClient();
  const { id } = page.item;
  const given = useMemo(() => new Map(page.mapping.columns.filter((one) => one.header).map((one) => [one.field, one.header])), [page.mapping]);
  const [chosen, setChosen] = useState<Map<string, string>>(given);
  const before = page.mapping.options ?? {};
  const [options, setOptions] = useState({
    currency: text(before['currency']) || currency,
    channel: text(before['channel']) || 'file',
    node_kind: text(before['node_kind']) || 'store',
  });
  const [timeZone, setTimeZone] = useState(page.mapping.zone || zone);
  const [codes, setCodes] = useState<Partial<Record<string, Record<string, string>>>>({});
  const start = useStart(id, 'check');
  const save = useMutation({
    mutationFn: () =>
      body(api.PUT('/api/v1/imports/{id}/mapping', {
        params: { path: { id } },
        body: {
          target: page.item.target,
          zone: timeZone,
          columns: fields.flatMap(({ name }) => {
            const header = chosen.get(name) ?? '';
            const was = page.mapping.columns.find((one) => one.field === name);
            if (!header && !was?.constant) return [];
            return [{ field: name, header, constant: was?.constant, values: codes[name] ?? was?.values }];
          }),
          profile: page.mapping.profile, header_line: page.mapping.header_line, key: page.mapping.key,
          fill_down: page.mapping.fill_down, drop_masked: page.mapping.drop_masked,
          options: { ...before, ...options },
        },
      })),
    onSuccess: async () => {
      await start.mutateAsync();
      await client.invalidateQueries({ queryKey: ['import', id] });
      onChecked();
    },
  });
  const choose = (field: string, header: string | undefined) =>
    setChosen((old) => {
      const next = new Map(old);
      if (header === undefined) next.delete(field);
      else next.set(field, header);
      return next;
    });
  const constants = new Set(page.mapping.columns.filter((one) => one.constant).map((one) => one.field));
  const lacking = fields.filter((field) => field.required && !chosen.has(field.name) && !constants.has(field.name));
  const unused = page.columns.filter((column) => ![...chosen.values()].includes(column.name));
  const busy = save.isPending || start.isPending;
  return (
    <>
      <Layout page={page} readOnly={readOnly} />
      <Card title={t('step.columns', { number: '②' })} flush extra={unused.length > 0 && <span className="small dim one-line" style={{ maxWidth: 420 }} title={unused.map((one) => one.name).join(' · ')}>{t('unused', { names: unused.map((one) => one.name).join(' · ') })}</span>}>
        <div className="scroll-x">
          <table className="plain">
            <thead><tr><th>{t('field')}</th><th>{t('column')}</th>{!phone && <th>{t('samples')}</th>}</tr></thead>
            <tbody>
              {fields.map((field) => {
                const header = chosen.get(field.name);
                const samples = page.columns.find((one) => one.name === header)?.samples.filter(Boolean).slice(0, 4) ?? [];
                const label = format.pick(field.zh, field.en);
                return (
                  <tr key={field.name}>
                    <td style={{ whiteSpace: 'nowrap' }}>{label}{field.required && <span style={{ color: 'var(--error)' }} title={t('required')}> *</span>}</td>
                    <td>
                      <Select aria-label={label} allowClear showSearch={{ optionFilterProp: 'label' }} disabled={readOnly} value={header} placeholder={t('notImported')}
                        status={field.required && !header ? 'error' : undefined} style={{ width: phone ? 170 : 230 }}
                        options={page.columns.map((one) => ({ value: one.name, label: one.name }))}
                        onChange={(next?: string) => choose(field.name, next)} />
                      {phone && <div className="small dim one-line" style={{ maxWidth: 170 }}>{samples[0]}</div>}
                    </td>
                    {!phone && <td className="dim one-line" style={{ maxWidth: 460 }}>{samples.join(' · ') || '–'}</td>}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </Card>
      <Card title={t('reading')}>
        <div className="row" style={{ gap: 16, alignItems: 'flex-end' }}>
          <label><div className="small dim">{t('option.currency')}</div>
            <Input disabled={readOnly} value={options.currency} maxLength={3} style={{ width: 90 }} onChange={(event) => setOptions({ ...options, currency: event.target.value.toUpperCase() })} /></label>
          <label><div className="small dim">{t('option.zone')}</div>
            <Input disabled={readOnly} value={timeZone} maxLength={60} style={{ width: 180 }} onChange={(event) => setTimeZone(event.target.value)} /></label>
          <label><div className="small dim">{t('option.channel')}</div>
            <Input disabled={readOnly} value={options.channel} maxLength={40} style={{ width: 140 }} onChange={(event) => setOptions({ ...options, channel: event.target.value })} /></label>
          <label><div className="small dim">{t('option.nodeKind')}</div>
            <Select disabled={readOnly} value={options.node_kind} style={{ width: 130 }} onChange={(node_kind: string) => setOptions({ ...options, node_kind })}
              options={nodeKinds.map((value) => ({ value, label: t(`option.kind.${value}`) }))} /></label>
        </div>
      </Card>
      {page.item.target === 'orders' && <><Part part="heads" page={page} readOnly={readOnly} /><Part part="tenders" page={page} readOnly={readOnly} /></>}
      {codeFields.filter((field) => chosen.has(field)).map((field) => (
        <Codes key={field} page={page} field={field} readOnly={readOnly} changed={codes[field]} onChange={(next) => setCodes((old) => ({ ...old, [field]: next }))} />
      ))}
      <Preview page={page} />
      {save.error && <ErrorBox error={save.error} />}
      {start.error && <ErrorBox error={start.error} />}
      {!readOnly && (
        <div className="row">
          <Button type="primary" loading={busy} disabled={lacking.length > 0} onClick={() => save.mutate()}>{t('toCheck')}</Button>
          {lacking.length > 0 && (
            <span style={{ color: 'var(--error)' }} role="status">{t('lacking', { names: lacking.map((field) => format.pick(field.zh, field.en)).join(' · ') })}</span>
          )}
        </div>
      )}
    </>
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function Preview({ page }: { page: ImportPage }) {
  const { t } = useTranslation('imports');
  const rows = Math.max(0, ...page.columns.map((column) => column.samples.length));
  return (
    <Card title={t('preview', { count: rows })} flush>
      <div className="scroll-x" style={{ maxHeight: 300, overflowY: 'auto' }}>
        <table className="plain small">
          <thead><tr>{page.columns.map((column) => <th key={column.name}>{column.name}</th>)}</tr></thead>
          <tbody>
            {Array.from({ length: rows }, (_, row) => (
              <tr key={row}>{page.columns.map((column) => <td key={column.name} style={{ whiteSpace: 'nowrap' }}>{column.samples[row]}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
