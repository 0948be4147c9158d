// Who is in a stage, with the own rhythm of each: how often they buy, and when the next purchase is due.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ListTable, type Column } from 'ui/ListTable.tsx';
import { Empty } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { Person, Reasons } from '../audience/PreviewPanel.tsx';
import { ChosenBar } from '../models/ChosenBar.tsx';
import { stagePeopleQuery, type Stage, type StagePerson } from './ask.ts';

const schema = { after: text('', 1000) };
const dayMs = 86_400_000;

export function StagePeople({ stage }: { stage: Stage }) {
  const { t } = useTranslation('lifecycle');
  const { t: word } = useTranslation('customers');
  const { t: said } = useTranslation('audience');
  const format = useFormat();
  const { now } = useViewer();
  const navigate = useNavigate();
  const mayWrite = useMay('audience.write');
  const [{ after }, change] = useUrlState(schema);
  const [chosen, setChosen] = useState<string[]>([]);
  const query = useQuery({ ...stagePeopleQuery(stage.id, after), placeholderData: keepPreviousData });
  const due = (row: StagePerson) => {
    if (!row.due) return <span className="dimmer">–</span>;
    const late = Math.floor((now().getTime() - new Date(row.due).getTime()) / dayMs);
    return <span style={{ whiteSpace: 'nowrap' }}>{format.day(row.due)}{late > 0 && <> <Tag tone="warn">{t('late', { count: late })}</Tag></>}</span>;
  };
  const columns: Column<StagePerson>[] = [
    { key: 'customer', title: word('column.customer'), render: (row) => <Link to={`/customers/${row.person.id}`}>{row.person.name_masked || row.person.identities.map((one) => one.masked).filter(Boolean)[0] || word('noName')}</Link> },
    { key: 'home', title: word('column.home'), render: (row) => row.person.home_node_name ?? '–' },
    { key: 'orders', title: t('column.orders'), number: true, render: (row) => format.exact(row.orders) },
    { key: 'net', title: t('column.net'), number: true, render: (row) => format.money(row.net_minor) },
    { key: 'last', title: t('column.last'), render: (row) => <span style={{ whiteSpace: 'nowrap' }}>{row.last_paid ? format.dateTime(row.last_paid) : '–'}</span> },
    { key: 'interval', title: t('column.interval'), number: true, render: (row) => (row.interval_days === undefined || row.interval_days === null ? '–' : t('days', { count: row.interval_days })) },
    { key: 'due', title: t('column.due'), render: due },
    { key: 'since', title: t('column.since'), render: (row) => <span style={{ whiteSpace: 'nowrap' }}>{format.dateTime(row.person.since)}</span> },
    { key: 'why', title: said('why'), hidden: true, render: (row) => <Reasons reasons={row.person.reasons} /> },
  ];
  return (
    <>
      <div className="row" style={{ marginBottom: 8 }}>
        <span className="small dim">{stage.description}</span>
        {mayWrite && (
          <Button size="small" style={{ marginLeft: 'auto' }} onClick={() => void navigate('/segments/new', { state: { rule: { stage: stage.name } } })}>{t('asSegment')}</Button>
        )}
      </div>
      <ListTable<StagePerson> name="stage-people" people query={query} columns={columns} rowKey={(row) => row.person.id}
        card={(row) => <div className="card-row"><Person person={row.person} /><div className="small dim">{t('column.orders')} {format.exact(row.orders)} · {format.money(row.net_minor)} {row.due && <>· {due(row)}</>}</div></div>}
        onOpen={(row) => void navigate(`/customers/${row.person.id}`)} cursor={after} onCursor={(next) => change({ after: next }, 'push')} chosen={chosen} onChoose={setChosen}
        bar={chosen.length > 0 && <ChosenBar chosen={chosen} onClear={() => setChosen([])} />}
        empty={<Empty title={said('nobody')}>{said('nobodyText')}</Empty>} />
    </>
  );
}
