// The stores: who stands where among their own, and where each falls behind.
import { useQuery } from '@tanstack/react-query';
import type { League, LeagueRow } from 'api/contract.ts';
import { Button, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import DayRange from 'ui/DayRange.tsx';
import { Change, exactText, figureText } from 'ui/MetricCard.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Sampled } from 'ui/Sampled.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { range } from 'ui/time.ts';
import { useUrlState } from 'ui/url-state.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { CompareSelect } from '../overview/CompareSelect.tsx';
import { NodeSelect } from '../overview/NodeSelect.tsx';
import { RedDays } from '../reconcile/RedDays.tsx';
import { columnKey, kinds, leagueQuery, peersOf, readings, schema, shown, sorted } from './league.ts';

export default function Stores() {
  const { t } = useTranslation('stores');
  const format = useFormat();
  const [state, change] = useUrlState(schema);
  const fallback = range('last30', format.today());
  const asked = { from: state.from || fallback.from, to: state.to || fallback.to, node: state.node, kind: state.kind, compare: state.compare, org: state.org };
  const query = useQuery(leagueQuery(asked));
  return (
    <div className="page">
      <PageHeader title={t('title')}
        sub={query.data && <span className="small">{t('sub', { from: asked.from, to: asked.to, time: format.dateTime(query.data.as_of) })}</span>}
        actions={
          <>
            <Select aria-label={t('kind.label')} value={state.kind} onChange={(kind) => change({ kind, group: '' })} style={{ width: 104 }}
              options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))} />
            <NodeSelect value={state.node} onChange={(node) => change({ node })} />
            <DayRange required label={t('period')} from={asked.from} to={asked.to} onChange={(from, to) => change({ from, to })} />
            <CompareSelect value={state.compare} onChange={(compare) => change({ compare })} />
            <Segmented aria-label={t('org.label')} value={state.org} onChange={(org) => change({ org })}
              options={readings.map((value) => ({ value, label: t(`org.${value}`) }))} />
          </>
        } />
      <BusyBar on={query.isFetching} />
      <RedDays from={asked.from} to={asked.to} node={asked.node} />
      <Loaded query={query} rows={9}>
        {(league) => league.items.length === 0 ? (
          <div className="card">
            <Empty title={t('none')} actions={state.kind !== 'region' && <Button onClick={() => change({ kind: 'region', group: '' })}>{t('regions')}</Button>}>
              {t('noneText')}
            </Empty>
          </div>
        ) : (
          <Card title={t('league')} flush extra={
            <Segmented aria-label={t('group.label')} value={state.group} onChange={(group) => change({ group })}
              options={[{ value: '' as const, label: t('group.all') }, ...league.groups.map(({ group, stores }) => ({ value: group, label: `${t(`group.${group}`)} ${stores}` }))]} />
          }>
            <Table league={league} sort={state.sort} group={state.group} address={(row) => address(row, asked)} onSort={(sort) => change({ sort })} />
          </Card>
        )}
      </Loaded>
    </div>
  );
}

function address(row: LeagueRow, asked: { from: string; to: string; kind: string; compare: string; org: string }): string {
  return `/stores/${row.node_id}?${new URLSearchParams({ from: asked.from, to: asked.to, kind: asked.kind, compare: asked.compare, org: asked.org })}`;
}

interface TableProps { league: League; sort: string; group: string; address: (row: LeagueRow) => string; onSort: (sort: string) => void }

function Table({ league, sort, group, address: to, onSort }: TableProps) {
  const { t } = useTranslation('stores');
  const format = useFormat();
  const { phone } = useViewer();
  const rows = sorted(league, sort).filter((row) => group === '' || row.group === group);
  const chosen = Math.max(0, league.columns.findIndex((column) => columnKey(column) === sort));
  const columns = league.columns.map((column, place) => ({ column, place })).filter(({ place }) => !phone || place === chosen);
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th className="num">{t('rank')}</th>
            <th>{t('kind.store')}</th>
            {columns.map(({ column, place }) => (
              <th key={columnKey(column)} className="num" aria-sort={place === chosen ? (column.direction === 'down' ? 'ascending' : 'descending') : undefined}>
                <Button type="text" size="small" onClick={() => onSort(columnKey(column))}>
                  {format.pick(column.name_zh, column.name_en)}{place === chosen ? (column.direction === 'down' ? ' ↑' : ' ↓') : ''}
                </Button>
                <Sampled on={column.sampled} />
              </th>
            ))}
            <th>{t('weakest')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const peers = peersOf(league, row);
            return (
              <tr key={row.node_id}>
                <td className="num">{row.rank}</td>
                <td style={{ whiteSpace: 'nowrap' }}><Link to={to(row)}>{row.name || row.code}</Link><div className="small dimmer">{row.parent_name}{!phone && <> · {t(`group.${row.group}`)}</>}</div></td>
                {columns.map(({ column, place }) => (
                  <td key={columnKey(column)} className="num" title={exactText(format, shown(column, row.figures[place]), row.figures[place]?.value)}>
                    {figureText(format, shown(column, row.figures[place]), row.figures[place]?.value)}
                    {place === chosen && <div className="small dim"><Change metric={shown(column, row.figures[place])} /></div>}
                  </td>
                ))}
                <td className="small" style={{ minWidth: '9em' }}>{weakness(row)}</td>
              </tr>
            );
            function weakness(one: LeagueRow) {
              const place = one.weakest;
              const column = place === undefined || place === null ? undefined : league.columns[place];
              if (!column || place === undefined || place === null) return '–';
              const median = peers?.medians[place];
              return t('behind', {
                name: format.pick(column.name_zh, column.name_en),
                value: figureText(format, { unit: column.unit }, one.figures[place]?.value), median: figureText(format, { unit: column.unit }, median),
              });
            }
          })}
        </tbody>
      </table>
    </div>
  );
}
