// Operating cycles: what runs now first, what waits for its review, then drafts and what is closed.
import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { cyclesQuery, type Cycle, type CycleState } from './ask.ts';
import { CycleForm } from './CycleForm.tsx';
import { GoalBars } from './GoalBars.tsx';

type Shown = '' | CycleState;
const shown: Shown[] = ['', 'running', 'draft', 'closed'];
const schema = { state: oneOf<Shown>(shown, '') };
const order: CycleState[] = ['running', 'draft', 'closed'];

export default function Cycles() {
  const { t } = useTranslation('cycles');
  const navigate = useNavigate();
  const mayWrite = useMay('cycle.write');
  const [{ state }, change] = useUrlState(schema);
  const [making, setMaking] = useState(false);
  const query = useQuery(cyclesQuery);
  const make = mayWrite && <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t('new')}</Button>;
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={<span className="small">{t('sub')}</span>} actions={make} />
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={6}>
        {({ items, currency }) => {
          if (items.length === 0) return <div className="card"><Empty title={t('none')} actions={make}>{t('noneText')}</Empty></div>;
          const list = items.filter((one) => state === '' || one.state === state).toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
          return (
            <div className="stack">
              <Segmented<Shown> size="small" style={{ alignSelf: 'start' }} aria-label={t('state.title')} value={state} onChange={(next) => change({ state: next })}
                options={shown.map((value) => ({ value, label: t(value === '' ? 'all' : `state.${value}`) }))} />
              {list.length === 0 && <div className="card"><Empty title={t('noneSuch')} /></div>}
              {list.map((one) => (
                <section key={one.id} className="card" aria-label={one.name}>
                  <div className="card-head">
                    <h2 className="grow"><Link to={`/cycles/${one.id}`}>{one.name}</Link> <StateTag cycle={one} /></h2>
                    <Done cycle={one} />
                  </div>
                  <div className="card-body flush">
                    <p className="small dim" style={{ padding: '8px 16px', margin: 0 }}><Whose cycle={one} /></p>
                    <GoalBars cycle={one} currency={currency} />
                  </div>
                </section>
              ))}
            </div>
          );
        }}
      </Loaded>
      {making && query.data && <CycleForm currency={query.data.currency} onClose={() => setMaking(false)} onDone={(id) => void navigate(`/cycles/${id}`)} />}
    </div>
  );
}

export function StateTag({ cycle }: { cycle: Cycle }) {
  const { t } = useTranslation('cycles');
  if (cycle.review_due) return <Tag tone="warn">{t('reviewDue')}</Tag>;
  return <Tag tone={cycle.state === 'running' ? 'progress' : cycle.state === 'closed' ? 'active' : 'neutral'}>{t(`state.${cycle.state}`)}</Tag>;
}

export function Whose({ cycle }: { cycle: Cycle }) {
  const { t } = useTranslation('cycles');
  return [cycle.node_name, cycle.channel && `${t('channel')} ${cycle.channel}`, cycle.product && `${t('product')} ${cycle.product}`, `${cycle.starts} – ${cycle.ends}`].filter(Boolean).join(' · ');
}

function Done({ cycle }: { cycle: Cycle }) {
  const { t } = useTranslation('cycles');
  const format = useFormat();
  const done = cycle.items.filter((one) => one.done_at).length;
  const late = cycle.items.filter((one) => one.overdue).length;
  return (
    <span className="row tight small">
      <span className="dim">{t('delivered', { done: format.exact(done), all: format.exact(cycle.items.length) })}</span>
      {late > 0 && <Tag tone="danger">{t('late', { late: format.exact(late) })}</Tag>}
    </span>
  );
}
