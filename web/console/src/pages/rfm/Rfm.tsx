// The eight classes and the board of scores; every count opens its people.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { RfmBoard, RfmTile } from 'api/contract.ts';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { inkOn, sequential } from 'ui/tokens.ts';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { Door, useDoor } from '../../people/Door.tsx';
import { RfmTag } from '../../people/RfmTag.tsx';
import { NodeSelect } from '../overview/NodeSelect.tsx';
import { Migration } from './Migration.tsx';

type Measure = 'customers' | 'spend';
const tabs = ['board', 'migration'] as const;
const schema = { node: text('', 60), show: oneOf<Measure>(['customers', 'spend'], 'customers'), tab: oneOf(tabs, 'board') };

export default function Rfm() {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const mayList = useMay('audience.read');
  const [state, change] = useUrlState(schema);
  const query = useQuery({
    queryKey: ['rfm', state.node],
    queryFn: ({ signal }) => body(api.GET('/api/v1/rfm', { params: { query: { node: state.node || undefined } }, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <PageHeader title={t('board.title')}
        sub={query.data && <span className="small">{t('board.sub', { count: query.data.customers, shown: format.exact(query.data.customers), from: query.data.from, to: query.data.to })}</span>}
        actions={
          <>
            <NodeSelect value={state.node} onChange={(node) => change({ node })} />
            <Segmented aria-label={t('board.show')} value={state.show} onChange={(show) => change({ show })}
              options={(['customers', 'spend'] as const).map((value) => ({ value, label: t(`board.${value}`) }))} />
          </>
        } />
      {mayList && <ViewTabs label={t('board.title')} value={state.tab} onChange={(tab) => change({ tab }, 'push')} options={tabs.map((value) => ({ value, label: t(`board.tab.${value}`) }))} />}
      <BusyBar on={query.isFetching} />
      {state.tab === 'migration' && mayList ? <Migration /> : <Loaded query={query} rows={8}>
        {(board) => board.customers === 0 ? <div className="card"><Empty title={t('board.none')}>{t('board.noneText')}</Empty></div> : (
          <div className="stack">
            <Classes board={board} node={state.node} />
            <Card title={t('board.matrix')} extra={<span className="small dim">{board.thresholds ? t('board.ruleSteps') : t('board.rule')}</span>}>
              <Matrix board={board} measure={state.show} node={state.node} />
            </Card>
            <Card title={t('board.scale')} flush><Scale board={board} /></Card>
          </div>
        )}
      </Loaded>}
    </div>
  );
}

function Classes({ board, node }: { board: RfmBoard; node: string }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const navigate = useNavigate();
  const mayWrite = useMay('audience.write');
  const all = board.items.reduce((sum, one) => sum + one.net_spend, 0);
  return (
    <div className="metrics">
      {board.items.map((one) => (
        <section key={one.rfm_class} className="card metric" style={{ minHeight: 0 }} aria-label={format.pick(one.name_zh, one.name_en)}>
          <div><RfmTag name={one.rfm_class} /></div>
          <div className="figure">
            <Door people={{ kind: 'class', class: one.rfm_class, asOf: board.to, node }} title={format.exact(one.customers)}>
              {format.count(one.customers)}
            </Door>
          </div>
          <div className="below">{t('board.share', { share: format.ratio(one.share), spend: format.moneyShort(one.net_spend), of: format.ratio(all > 0 ? one.net_spend / all : undefined) })}</div>
          <div className="below dimmer">{t(`board.advice.${one.rfm_class}`)}</div>
          {mayWrite && (
            <Button size="small" type="link" style={{ padding: 0, alignSelf: 'start' }}
              onClick={() => void navigate('/segments/new', { state: { rule: { attribute: 'rfm.class', op: 'eq', value: one.rfm_class } } })}>{t('board.asSegment')}</Button>
          )}
        </section>
      ))}
    </div>
  );
}

const scores = [5, 4, 3, 2, 1] as const;

// Days and orders between two cut points, as the head of a row or column.
function span(cuts: number[], step: number): string {
  const low = cuts[step - 2];
  const high = cuts[step - 1];
  if (low === undefined) return `≤ ${high ?? 0}`;
  if (high === undefined) return `> ${low}`;
  return low + 1 >= high ? `${high}` : `${low + 1}–${high}`;
}

function Matrix({ board, measure, node }: { board: RfmBoard; measure: Measure; node: string }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { mode, phone } = useViewer();
  const door = useDoor();
  const of = (tile: RfmTile | undefined): number => (tile ? (measure === 'customers' ? tile.customers : tile.net_spend) : 0);
  const most = Math.max(...board.matrix.map(of), 1);
  const print = (value: number) => (measure === 'customers' ? format.count(value, true) : format.moneyShort(value, true));
  return (
    <div className="scroll-x">
      <table style={{ tableLayout: 'fixed', width: '100%', borderSpacing: 3, borderCollapse: 'separate', minWidth: phone ? 480 : 640 }}>
        <thead>
          <tr>
            <th className="small dim" scope="col" style={{ textAlign: 'left', width: phone ? 110 : 150 }}>{t('board.axes')}</th>
            {[1, 2, 3, 4, 5].map((f) => (
              <th key={f} className="small dim" scope="col">{t('board.f', { score: f, span: span(board.frequency.cuts, f) })}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {scores.map((r) => (
            <tr key={r}>
              <th className="small dim" scope="row" style={{ textAlign: 'left', whiteSpace: 'nowrap', fontWeight: 400 }}>
                {t('board.r', { score: r, span: span(board.recency.cuts, 6 - r) })}
              </th>
              {[1, 2, 3, 4, 5].map((f) => {
                const tile = board.matrix.find((one) => one.r === r && one.f === f);
                const value = of(tile);
                const step = value === 0 ? 0 : Math.min(5, 1 + Math.floor((Math.max(0, value) / most) * 4.99));
                const high = r >= board.recency.high_from && f >= board.frequency.high_from;
                return (
                  <Cell key={f} to={tile ? door({ kind: 'cell', r, f, asOf: board.to, node }) : undefined} ground={sequential[mode][step] ?? sequential[mode][0] ?? ''}
                    ink={inkOn(mode, step)} high={high} title={measure === 'customers' ? format.exact(value) : format.money(value)}
                    label={t('people.cell', { r, f, place: t('board.people', { count: tile?.customers ?? 0, shown: format.exact(tile?.customers ?? 0) }) })}
                    figure={print(value)} share={format.ratio((tile?.customers ?? 0) / board.customers)} />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps { to: string | undefined; ground: string; ink: string; high: boolean; label: string; title: string; figure: string; share: string }

// A tile with people in it is a door to them; an empty one is not.
function Cell({ to, ground, ink, high, label, title, figure, share }: CellProps) {
  const style = { display: 'block', padding: '10px 12px', color: ink };
  const words = (
    <>
      <span className="strong" style={{ display: 'block', fontVariantNumeric: 'tabular-nums' }}>{figure}</span>
      <span className="small">{share}</span>
    </>
  );
  return (
    <td style={{ background: ground, borderRadius: 4, padding: 0, outline: high ? '1px solid var(--primary)' : undefined }}>
      {to ? <Link to={to} preventScrollReset style={style} title={title} aria-label={label}>{words}</Link> : <span style={style}>{words}</span>}
    </td>
  );
}

function Scale({ board }: { board: RfmBoard }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const rows = [
    { key: 'recency' as const, measure: board.recency, print: (value: number) => t('board.days', { count: value, shown: format.exact(value) }) },
    { key: 'frequency' as const, measure: board.frequency, print: (value: number) => t('ordersOf', { count: value, shown: format.exact(value) }) },
    { key: 'monetary' as const, measure: board.monetary, print: (value: number) => format.money(value) },
  ];
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('board.measure')}</th>{[1, 2, 3, 4].map((cut) => <th key={cut} className="num">{t('board.cut', { number: cut })}</th>)}<th className="num">{t('board.high')}</th></tr></thead>
        <tbody>
          {rows.map(({ key, measure, print }) => (
            <tr key={key}>
              <td>{t(`board.measures.${key}`)}</td>
              {measure.cuts.map((cut, index) => <td key={`${key}${index}`} className="num">{print(cut)}</td>)}
              <td className="num">{measure.high_from > 5 ? '–' : t('board.from', { score: measure.high_from })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
