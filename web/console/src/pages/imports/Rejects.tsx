// Refused rows grouped by cause; each group opens its rows. All of them can be taken as a file with the reasons.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ImportPage } from 'api/contract.ts';
import { App, Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { ExportButton } from 'ui/ExportButton.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';

const schema = { cause: text('', 60), rows: text('', 1000) };

const known = [
  'no_identity', 'not_paid', 'closed', 'bad_time', 'bad_number', 'bad_phone', 'bad_email', 'masked', 'required', 'too_long', 'bad_decimal', 'negative_in_sale',
  'positive_in_return', 'zero', 'no_value', 'negative_price', 'unknown_store', 'too_few_cells', 'bad_text', 'currency', 'customer',
] as const;

export function Rejects({ page }: { page: ImportPage }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const [state, change] = useUrlState(schema);
  if (page.causes.length === 0) return null;
  const name = (cause: string) => {
    const found = known.find((one) => one === cause);
    return found ? t(`cause.${found}`) : cause;
  };
  return (
    <Card title={t('rejects', { count: page.item.counts.invalid, shown: format.exact(page.item.counts.invalid) })} flush
      extra={<ExportButton size="small" href={`/api/v1/imports/${page.item.id}/rejects.csv`} name="rejects.csv">{t('rejectsFile')}</ExportButton>}>
      <table className="plain">
        <thead><tr><th>{t('causeTitle')}</th><th>{t('field')}</th><th className="num">{t('rows')}</th><ActionsHead /></tr></thead>
        <tbody>
          {page.causes.map((one) => (
            <tr key={`${one.cause}/${one.field}`}>
              <td title={one.cause}>{name(one.cause)}</td>
              <td>{one.field || '–'}</td>
              <td className="num">{format.exact(one.rows)}</td>
              <td>
                <Button size="small" type="link" aria-expanded={state.cause === one.cause}
                  onClick={() => change({ cause: state.cause === one.cause ? '' : one.cause, rows: '' })}>
                  {state.cause === one.cause ? t('hideRows') : t('showRows')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {state.cause && <Rows id={page.item.id} cause={state.cause} cursor={state.rows} header={page.columns.map((one) => one.name)} done={page.item.state === 'done'} onCursor={(rows) => change({ rows })} />}
    </Card>
  );
}

interface RowsProps { id: string; cause: string; cursor: string; header: string[]; done: boolean; onCursor: (cursor: string) => void }

function Rows({ id, cause, cursor, header, done, onCursor }: RowsProps) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const query = useQuery({
    queryKey: ['import', id, 'rejects', cause, cursor],
    queryFn: ({ signal }) =>
      body(api.GET('/api/v1/imports/{id}/rejects', { params: { path: { id }, query: { cause, cursor: cursor || undefined, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
  });
  const mayMend = useMay('import.run') && done;
  const client = useQueryClient();
  const { message } = App.useApp();
  // What was typed over the refused cells, by line.
  const [mended, setMended] = useState<Map<number, string[]>>(new Map());
  const retry = useMutation({
    mutationFn: () => body(api.POST('/api/v1/imports/{id}/rejects/retry', { params: { path: { id } }, body: { rows: [...mended].map(([line, cells]) => ({ line, cells })) } })),
    onSuccess: (reply) => {
      setMended(new Map());
      void message.info(t('mend.done', { taken: reply.taken, refused: reply.refused }));
      return client.invalidateQueries({ queryKey: ['import', id] });
    },
  });
  const mend = (line: number, cells: string[], index: number, value: string) =>
    setMended((old) => new Map(old).set(line, header.map((_, at) => (at === index ? value : (old.get(line) ?? cells)[at] ?? ''))));
  return (
    <div style={{ borderTop: '1px solid var(--line)' }}>
      <Loaded query={query} rows={5}>
        {(page) => (
          <>
            <div className="scroll-x" style={{ maxHeight: 360, overflowY: 'auto' }}>
              <table className="plain small">
                <thead><tr><th className="num">{t('line')}</th><th>{t('field')}</th>{header.map((name) => <th key={name}>{name}</th>)}</tr></thead>
                <tbody>
                  {page.items.map((row) => (
                    <tr key={row.line}>
                      <td className="num">{format.exact(row.line)}</td><td>{row.field}</td>
                      {header.map((name, index) => (
                        <td key={name} style={{ whiteSpace: 'nowrap' }}>
                          {mayMend ? <Input size="small" variant="underlined" aria-label={`${format.exact(row.line)} ${name}`} style={{ minWidth: 90 }}
                            value={(mended.get(row.line) ?? row.cells)[index] ?? ''} onChange={(event) => mend(row.line, row.cells, index, event.target.value)} /> : row.cells[index]}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {retry.error && <ErrorBox error={retry.error} />}
            <div className="list-foot">
              <span className="dim">{t('rowsTotal', { count: page.total.value, shown: format.exact(page.total.value) })}</span>
              {mayMend && <Button size="small" type="primary" disabled={mended.size === 0} loading={retry.isPending} onClick={() => retry.mutate()}>{t('mend.save')}</Button>}
              <div className="pages">
                <Button size="small" disabled={!cursor} onClick={() => onCursor('')}>{t('firstPage')}</Button>
                <Button size="small" disabled={!page.next || query.isPlaceholderData} onClick={() => onCursor(page.next ?? '')}>{t('nextPage')}</Button>
              </div>
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}
