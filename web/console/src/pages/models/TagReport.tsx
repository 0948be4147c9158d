// What tags are worth: how far they reach and overlap, what to tidy up, and how two or three things relate.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { ExportButton } from 'ui/ExportButton.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { inkOn, sequential } from 'ui/tokens.ts';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { tagsQuery } from '../audience/ask.ts';
import { coverageQuery, cross, dimensionsQuery, rulePeople, warningsQuery, type Cell, type Coverage, type Cross } from './ask.ts';
import { PeopleDrawer } from './PeopleDrawer.tsx';

const tabs = ['coverage', 'warnings', 'cross'] as const;
const schema = { tab: oneOf(tabs, 'coverage'), rows: text('', 100), columns: text('', 100), only: text('', 60) };

export default function TagReport() {
  const { t } = useTranslation('models');
  const mayExport = useMay('audience.export');
  const [{ tab }, change] = useUrlState(schema);
  return (
    <div className="page">
      <PageHeader title={t('report.title')} sub={<Link to="/tags">{t('report.back')}</Link>}
        actions={tab === 'coverage' && mayExport && <ExportButton href="/api/v1/tags/coverage.csv" name="tags.csv">{t('report.export')}</ExportButton>} />
      <ViewTabs label={t('report.title')} value={tab} onChange={(next) => change({ tab: next }, 'push')} options={tabs.map((value) => ({ value, label: t(`report.${value}`) }))} />
      {tab === 'coverage' && <Matrix />}
      {tab === 'warnings' && <Warnings />}
      {tab === 'cross' && <CrossTab />}
    </div>
  );
}

function Matrix() {
  const { t } = useTranslation('models');
  const query = useQuery(coverageQuery);
  return (
    <Card title={t('report.coverage')} flush>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={6}>{(data) => data.items.length === 0 ? <Empty title={t('report.noTags')}>{t('report.noTagsText')}</Empty> : <Overlap data={data} />}</Loaded>
    </Card>
  );
}

function Overlap({ data }: { data: Coverage }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const { mode } = useViewer();
  const shades = sequential[mode];
  return (
    <>
      <p className="small dim" style={{ padding: '8px 12px 0' }}>{t('report.reach', { tagged: format.exact(data.tagged), people: format.exact(data.of_people), share: format.ratio(data.of_people > 0 ? data.tagged / data.of_people : undefined) })}</p>
      <div className="scroll-x">
        <table className="plain">
          <thead><tr><th>{t('report.tag')}</th><th className="num">{t('peopleColumn')}</th><th className="num">{t('report.share')}</th>{data.items.map((one) => <th key={one.id} className="num small" style={{ maxWidth: 110 }}>{one.name}</th>)}</tr></thead>
          <tbody>
            {data.items.map((one, row) => (
              <tr key={one.id}>
                <td style={{ whiteSpace: 'nowrap' }}><Link to={`/tags?tag=${one.id}`}>{one.name}</Link>{one.group_name && <div className="small dim">{one.group_name}</div>}</td>
                <td className="num">{format.exact(one.people)}</td><td className="num">{format.ratio(data.of_people > 0 ? one.people / data.of_people : undefined)}</td>
                {one.overlap.map((people, column) => {
                  const step = Math.min(shades.length - 1, Math.floor((people / Math.max(1, one.people)) * shades.length));
                  const filled = column !== row && people > 0;
                  return <td key={data.items[column]?.id} className="num" style={filled ? { background: shades[step], color: inkOn(mode, step) } : undefined}>{column === row ? '–' : format.exact(people)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Warnings() {
  const { t } = useTranslation('models');
  const format = useFormat();
  const query = useQuery(warningsQuery);
  return (
    <Card title={t('report.warnings')} flush>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={5}>
        {({ items, cell_min }) => (
          <>
            <p className="small dim" style={{ padding: '8px 12px 0' }}>{t('report.cellMin', { people: format.exact(cell_min) })}</p>
            {items.length === 0 ? <Empty title={t('report.tidy')}>{t('report.tidyText')}</Empty> : (
              <div className="scroll-x">
                <table className="plain">
                  <thead><tr><th>{t('report.trouble')}</th><th>{t('report.tag')}</th><th className="num">{t('peopleColumn')}</th><th>{t('report.remedy')}</th></tr></thead>
                  <tbody>
                    {items.map((one) => (
                      <tr key={`${one.trouble}${one.name}${one.other ?? ''}`}>
                        <td><Tag tone="warn">{t(`trouble.${one.trouble}`)}</Tag></td>
                        <td>{one.id ? <Link to={`/tags?tag=${one.id}`}>{one.name}</Link> : one.name}{one.other && <span className="dim"> ↔ {one.other}</span>}</td>
                        <td className="num">{format.exact(one.people)}</td><td className="small dim">{t(`remedy.${one.trouble}`)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function CrossTab() {
  const { t } = useTranslation('models');
  const format = useFormat();
  const [{ rows, columns, only }, change] = useUrlState(schema);
  const dimensions = useQuery(dimensionsQuery);
  const tags = useQuery(tagsQuery());
  const options = (dimensions.data?.items ?? []).map((one) => ({ value: one.key, label: format.pick(one.zh, one.en) }));
  const query = useQuery({ queryKey: ['audience', 'cross', rows, columns, only], enabled: Boolean(rows && columns), queryFn: ({ signal }) => cross(rows, columns, only, signal), placeholderData: keepPreviousData, retry: false });
  const choose = (label: string, value: string, set: (next: string) => void, list: { value: string; label: string }[], clear = false) => (
    <Select aria-label={label} placeholder={label} value={value || undefined} allowClear={clear} onChange={(next: string | undefined) => set(next ?? '')} options={list} showSearch={{ optionFilterProp: 'label' }} style={{ minWidth: 160, flex: '1 1 160px' }} />
  );
  return (
    <Card title={t('report.cross')}>
      <div className="row">
        {choose(t('report.rows'), rows, (next) => change({ rows: next }), options)}
        {choose(t('report.columns'), columns, (next) => change({ columns: next }), options)}
        {choose(t('report.only'), only, (next) => change({ only: next }), (tags.data?.items ?? []).map((one) => ({ value: one.name, label: one.name })), true)}
      </div>
      <p className="small dim">{t('report.levelNote')}</p>
      {rows && columns && <><BusyBar on={query.isFetching} /><Loaded query={query} rows={4}>{(table) => <CrossCells table={table} />}</Loaded></>}
    </Card>
  );
}

function CrossCells({ table }: { table: Cross }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const { mode } = useViewer();
  const shades = sequential[mode];
  const most = Math.max(1, ...table.table.flatMap((row) => row.cells.map((cell) => cell.people)));
  const [open, setOpen] = useState<{ title: string; cell: Cell }>();
  return (
    <div className="scroll-x">
      <table className="plain" aria-label={t('report.cross')}>
        <thead><tr><th><span className="small dim">{t('report.rows')} / {t('report.columns')}</span></th>{table.columns.map((one) => <th key={one.en} className="num">{format.pick(one.zh, one.en)}<div className="small dim">{format.exact(one.people)}</div></th>)}</tr></thead>
        <tbody>
          {table.rows.map((row, r) => (
            <tr key={row.en}>
              <th scope="row" style={{ textAlign: 'left' }}>{format.pick(row.zh, row.en)} <span className="small dim">{format.exact(row.people)}</span></th>
              {table.columns.map((column, c) => {
                const cell = table.table[r]?.cells[c];
                if (!cell) return null;
                const step = Math.min(shades.length - 1, Math.floor((cell.people / most) * shades.length));
                const style = cell.people > 0 ? { background: shades[step], color: inkOn(mode, step) } : undefined;
                const title = `${format.pick(row.zh, row.en)} × ${format.pick(column.zh, column.en)}`;
                return (
                  <td key={column.en} className="num" style={style}>
                    <button type="button" className="bare" style={{ color: 'inherit', textDecoration: 'underline' }} aria-label={`${title} ${format.exact(cell.people)}`} onClick={() => setOpen({ title, cell })}>{format.exact(cell.people)}</button>
                    {cell.small && <span className="small" title={t('smallText', { people: format.exact(table.cell_min) })}> ⚠</span>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {open && (
        <PeopleDrawer title={open.title} about={JSON.stringify(open.cell.rule)} ask={(cursor, signal) => rulePeople(open.cell.rule, cursor, signal)} rule={open.cell.rule} onClose={() => setOpen(undefined)} />
      )}
    </div>
  );
}
