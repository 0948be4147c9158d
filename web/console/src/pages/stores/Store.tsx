// One store: its funnel, and each figure beside the middle of its group.
import { useQuery } from '@tanstack/react-query';
import type { League, LeagueRow } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { Card } from 'ui/Card.tsx';
import DayRange from 'ui/DayRange.tsx';
import { Change, exactText, figureText } from 'ui/MetricCard.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Sampled } from 'ui/Sampled.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { range } from 'ui/time.ts';
import { useUrlState } from 'ui/url-state.ts';
import { useFormat } from 'ui/viewer.tsx';
import { RedDays } from '../reconcile/RedDays.tsx';
import { Funnel } from './Funnel.tsx';
import { Standing } from './Standing.tsx';
import { columnKey, isRatio, leagueQuery, peersOf, schema, shown } from './league.ts';

export default function Store() {
  const { t } = useTranslation('stores');
  const { id = '' } = useParams();
  const format = useFormat();
  const [state, change] = useUrlState(schema);
  const fallback = range('last30', format.today());
  const from = state.from || fallback.from;
  const to = state.to || fallback.to;
  const query = useQuery(leagueQuery({ from, to, node: '', kind: state.kind, compare: state.compare, org: state.org }));
  const row = query.data?.items.find((one) => one.node_id === id);
  return (
    <div className="page">
      <PageHeader lead={<Link to={`/stores?${new URLSearchParams({ from, to, kind: state.kind, compare: state.compare, org: state.org })}`}>{t('title')}</Link>}
        title={row ? row.name || row.code : t('one')}
        sub={row && <span className="small">{t('place', { rank: row.rank, of: query.data?.items.length ?? 0, group: t(`group.${row.group}`), inGroup: row.rank_in_group, parent: row.parent_name })}</span>}
        actions={<DayRange required label={t('period')} from={from} to={to} onChange={(first, last) => change({ from: first, to: last })} />} />
      <BusyBar on={query.isFetching} />
      <RedDays from={from} to={to} node={id} />
      <div className="stack">
        <Standing node={id} />
        <Funnel span={{ from, to, node: id }} split={state.split} onSplit={(split) => change({ split })} />
        <Loaded query={query} rows={8}>
          {(league) => row ? <Card title={t('beside')} flush extra={<span className="small dim">{t('besideNote')}</span>}><Figures league={league} row={row} /></Card>
            : <div className="card"><Empty title={t('unknown')} actions={<Link to="/stores">{t('title')}</Link>} /></div>}
        </Loaded>
      </div>
    </div>
  );
}

function Figures({ league, row }: { league: League; row: LeagueRow }) {
  const { t } = useTranslation('stores');
  const format = useFormat();
  const peers = peersOf(league, row);
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('figure')}</th><th className="num">{t('value')}</th><th className="num">{t('change')}</th><th className="num">{t('median', { count: peers?.stores ?? 0 })}</th><th>{t('note')}</th></tr></thead>
        <tbody>
          {league.columns.map((column, place) => {
            const figure = row.figures[place];
            const one = shown(column, figure);
            return (
              <tr key={columnKey(column)}>
                <td>{format.pick(column.name_zh, column.name_en)} <Sampled on={column.sampled} /></td>
                <td className="num" title={exactText(format, one, figure?.value)}>{figureText(format, one, figure?.value)}</td>
                <td className="num small"><Change metric={one} /></td>
                <td className="num dim">{isRatio(row, place) ? figureText(format, one, peers?.medians[place]) : '–'}</td>
                <td>{row.weakest === place && <Tag tone="warn">{t('weakest')}</Tag>}{figure?.small_base && <Tag>{t('small')}</Tag>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
