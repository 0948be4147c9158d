// The body of a list page: table on a desk, cards on a phone, column chooser, cursor pages, total, and keys j, k, Enter.
import { LeftOutlined, RightOutlined, SettingOutlined } from '@ant-design/icons';
import type { Page, Total } from 'api/contract.ts';
import { Button, Checkbox, Popover, Select, Table } from 'antd';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isComposing } from './hooks.ts';
import { recall, remember } from './local.ts';
import { BusyBar, ErrorBox, Skeleton } from './states.tsx';
import { useFormat, useViewer } from './viewer.tsx';

export interface Column<T> {
  key: string;
  title: string;
  render: (row: T) => ReactNode;
  number?: boolean;
  width?: number;
  sort?: string;
  hidden?: boolean;
}

interface Question<T> {
  data: Page<T> | undefined;
  error: unknown;
  isFetching: boolean;
  // Rows of the question before, while the new one is on its way.
  isPlaceholderData?: boolean;
  refetch: () => unknown;
}

interface Props<T> {
  name: string;
  query: Question<T>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  card: (row: T) => ReactNode;
  onOpen?: (row: T) => void;
  empty: ReactNode;
  sort?: string;
  onSort?: (sort: string) => void;
  cursor: string;
  onCursor: (cursor: string) => void;
  size?: number;
  onSize?: (size: number) => void;
  people?: boolean;
  // Rows that are chosen, and the bar for what to do with them.
  chosen?: readonly string[];
  onChoose?: (chosen: string[]) => void;
  bar?: ReactNode;
}

export function useTotal(people = false): (total: Total) => string {
  const { t } = useTranslation('ui');
  const format = useFormat();
  return ({ value, relation }) => {
    const words = { count: value, shown: format.exact(value) };
    if (relation === 'gte') return t('atLeast', words);
    return people ? t('totalPeople', words) : t('total', words);
  };
}

function useColumns<T>(name: string, columns: Column<T>[]) {
  const [chosen, setChosen] = useState<string[] | undefined>(() => recall(`columns.${name}`)?.split(','));
  const shown = useMemo(
    () => columns.filter((column) => (chosen ? chosen.includes(column.key) : !column.hidden)),
    [columns, chosen],
  );
  const choose = (keys: string[] | undefined) => {
    setChosen(keys);
    remember(`columns.${name}`, keys?.join(','));
  };
  return { shown, choose, keys: shown.map((column) => column.key) };
}

export function ListTable<T extends object>(props: Props<T>) {
  const { query, rowKey, onOpen } = props;
  const { phone } = useViewer();
  const { t } = useTranslation('ui');
  const { shown, choose, keys } = useColumns(props.name, props.columns);
  const rows = query.data?.items ?? [];
  const active = useRowKeys(rows, rowKey, phone ? undefined : onOpen);

  // A place in the list that no longer holds leads back to the first page.
  const retry = () => void (props.cursor ? props.onCursor('') : query.refetch());
  if (query.error && !query.data) return <ErrorBox error={query.error} retry={retry} />;
  if (!query.data) return <div className="card"><Skeleton rows={10} height={20} /></div>;
  return (
    <section className="card" aria-label={t('rows')}>
      <BusyBar on={query.isFetching} />
      {query.error ? <ErrorBox error={query.error} retry={retry} /> : null}
      {props.bar}
      {rows.length === 0 ? props.empty : phone ? (
        <ul className="cards">{rows.map((row) => <li key={rowKey(row)}>{props.card(row)}</li>)}</ul>
      ) : (
        <Table<T> size="small" dataSource={rows} rowKey={rowKey} pagination={false} scroll={{ x: 'max-content' }}
          showSorterTooltip={false}
          rowSelection={props.onChoose && {
            selectedRowKeys: [...(props.chosen ?? [])],
            preserveSelectedRowKeys: true,
            onChange: (keys) => props.onChoose?.(keys.map(String)),
            getTitleCheckboxProps: () => ({ 'aria-label': t('choose.page') }),
            getCheckboxProps: () => ({ 'aria-label': t('choose.row') }),
          }}
          onRow={(row) => ({
            'aria-current': rowKey(row) === active ? ('true' as const) : undefined,
            onClick: (event) => {
              const target = event.target as HTMLElement;
              if (onOpen && !target.closest('a, button, input') && !window.getSelection()?.toString()) onOpen(row);
            },
            style: { cursor: onOpen ? 'pointer' : undefined, background: rowKey(row) === active ? 'var(--selected)' : undefined },
          })}
          columns={shown.map((column) => ({
            key: column.key,
            title: column.title,
            align: column.number ? ('right' as const) : undefined,
            width: column.width,
            render: (_: unknown, row: T) => column.render(row),
            ...(column.sort && props.onSort
              ? { sorter: true, sortDirections: ['descend' as const], sortOrder: props.sort === column.sort ? ('descend' as const) : null }
              : {}),
          }))}
          onChange={(_, __, sorter) => {
            const key = Array.isArray(sorter) ? undefined : sorter.columnKey;
            const column = props.columns.find((one) => one.key === key);
            if (column?.sort) props.onSort?.(column.sort);
          }} />
      )}
      <Foot {...props} total={query.data.total} next={query.isPlaceholderData ? '' : (query.data.next ?? '')} rows={rows.length}
        chooser={phone ? null : <Chooser columns={props.columns} keys={keys} choose={choose} />} />
    </section>
  );
}

function Chooser<T>({ columns, keys, choose }: { columns: Column<T>[]; keys: string[]; choose: (keys?: string[]) => void }) {
  const { t } = useTranslation('ui');
  const content = (
    <div className="stack" style={{ gap: 6 }}>
      {columns.map((column, index) => (
        <Checkbox key={column.key} checked={keys.includes(column.key)} disabled={index === 0}
          onChange={(event) =>
            choose(columns.filter((one) => (one.key === column.key ? event.target.checked : keys.includes(one.key))).map((one) => one.key))}>
          {column.title}
        </Checkbox>
      ))}
      <Button size="small" onClick={() => choose(undefined)}>{t('columnsReset')}</Button>
    </div>
  );
  return (
    <Popover trigger="click" placement="topLeft" content={content}>
      <Button size="small" type="text" icon={<SettingOutlined />}>{t('columns')}</Button>
    </Popover>
  );
}

interface FootProps {
  total: Total;
  next: string;
  rows: number;
  cursor: string;
  onCursor: (cursor: string) => void;
  size?: number;
  onSize?: (size: number) => void;
  chooser: ReactNode;
  people?: boolean;
}

function Foot({ total, next, rows, cursor, onCursor, size, onSize, chooser, people }: FootProps) {
  const { t } = useTranslation('ui');
  const say = useTotal(people);
  // Cursors only lead forward; the way back is what was visited, else the first page.
  const visited = useRef<string[]>([]);
  useEffect(() => {
    if (!cursor) visited.current = [];
  }, [cursor]);
  if (rows === 0 && !cursor) return null;
  return (
    <div className="list-foot">
      <span className="dim" aria-live="polite">{say(total)}</span>
      {chooser}
      <div className="pages">
        {onSize && (
          <Select size="small" aria-label={t('pageSize')} value={size} onChange={onSize} style={{ width: 96 }}
            options={[20, 50, 100].map((value) => ({ value, label: t('perPage', { count: value }) }))} />
        )}
        <Button size="small" icon={<LeftOutlined />} disabled={!cursor} aria-label={t('previousPage')}
          onClick={() => onCursor(visited.current.pop() ?? '')} />
        <Button size="small" icon={<RightOutlined />} disabled={!next} aria-label={t('nextPage')}
          onClick={() => {
            visited.current.push(cursor);
            onCursor(next);
          }} />
      </div>
    </div>
  );
}

// Keys may follow one another faster than the page is drawn, so they read what stands now, not what was drawn last. The
// row stays chosen while it stays in the list, whatever is fetched again meanwhile.
function useRowKeys<T>(rows: T[], rowKey: (row: T) => string, onOpen: ((row: T) => void) | undefined): string {
  const [active, setActive] = useState('');
  const latest = useRef({ rows, rowKey, onOpen, active });
  latest.current = { rows, rowKey, onOpen, active };
  const on = onOpen !== undefined;
  useEffect(() => {
    if (!on) return undefined;
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest('input, textarea, select, button, a, [role="dialog"], [contenteditable]')) return;
      const now = latest.current;
      const at = now.rows.findIndex((row) => now.rowKey(row) === now.active);
      const row = now.rows[at];
      const move = (to: number) => {
        const next = now.rows[Math.max(0, Math.min(to, now.rows.length - 1))];
        now.active = next ? now.rowKey(next) : '';
        setActive(now.active);
      };
      if (event.key === 'j') move(at + 1);
      else if (event.key === 'k') move(at - 1);
      else if (event.key === 'Enter' && row) now.onOpen?.(row);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [on]);
  return active;
}
