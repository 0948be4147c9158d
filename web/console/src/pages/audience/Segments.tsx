// The segments: every saved set of people, how many there are now and what it is used by.
import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { segmentsQuery } from './ask.ts';
import type { SetView } from './replies.ts';

const schema = { show: oneOf(['live', 'archived'] as const, 'live') };

export default function Segments() {
  const { t } = useTranslation('audience');
  const format = useFormat();
  const navigate = useNavigate();
  const { phone } = useViewer();
  const mayWrite = useMay('audience.write');
  const [{ show }, change] = useUrlState(schema);
  const [part, setPart] = useState('');
  const query = useQuery(segmentsQuery(show === 'archived'));
  const wanted = (item: SetView) => (show === 'archived') === Boolean(item.archived_at) && item.name.toLowerCase().includes(part.trim().toLowerCase());
  return (
    <div className="page">
      <PageHeader title={t('segments.title')} sub={query.data && <span className="small">{t('asOf', { time: format.dateTimeSeconds(query.data.as_of) })}</span>}
        actions={mayWrite && <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate('/segments/new')}>{t('segments.new')}</Button>} />
      <ViewTabs label={t('segments.show')} value={show} onChange={(next) => change({ show: next }, 'push')}
        options={(['live', 'archived'] as const).map((value) => ({ value, label: t(`segments.${value}`) }))} />
      <Input.Search allowClear aria-label={t('segments.search')} placeholder={t('segments.search')} value={part} onChange={(event) => setPart(event.target.value)} style={{ maxWidth: 320, marginBottom: 12 }} />
      <section className="card scroll-x" aria-label={t('segments.title')}>
        <BusyBar on={query.isFetching} />
        <Loaded query={query} rows={6}>
          {({ items }) => {
            const shown = items.filter(wanted);
            if (shown.length === 0) {
              return <Empty title={t('segments.none')} actions={mayWrite && show === 'live' && !part ? <Link to="/segments/new">{t('segments.new')}</Link> : undefined}>{t('segments.noneText')}</Empty>;
            }
            if (phone) return <ul className="cards">{shown.map((item) => <li key={item.id}><SegmentCard item={item} /></li>)}</ul>;
            return (
              <table className="plain">
                <thead><tr><th>{t('name')}</th><th>{t('modeLabel')}</th><th className="num">{t('size')}</th><th>{t('sentence')}</th><th>{t('usedBy')}</th><th>{t('changed')}</th></tr></thead>
                <tbody>
                  {shown.map((item) => (
                    <tr key={item.id}>
                      <td><Link to={`/segments/${item.id}`}>{item.name}</Link>{item.description && <div className="small dim">{item.description}</div>}</td>
                      <td><ModeTag mode={item.mode} /></td>
                      <td className="num"><Link to={`/segments/${item.id}`} title={format.exact(item.people)}>{format.count(item.people)}</Link></td>
                      <td className="small dim" style={{ maxWidth: 420 }}><span className="one-line" style={{ display: 'block' }} title={sentenceOf(item, format.pick)}>{sentenceOf(item, format.pick) || '–'}</span></td>
                      <td className="small">{item.used_by.join(' · ') || '–'}</td>
                      <td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(item.changed_at)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            );
          }}
        </Loaded>
      </section>
    </div>
  );
}

export const sentenceOf = (item: SetView, pick: (zh: string, en: string) => string): string =>
  item.forms ? pick(item.forms.text_zh, item.forms.text_en).replaceAll(/\s*\n\s*/g, ' ') : '';

export function ModeTag({ mode }: { mode: SetView['mode'] }) {
  const { t } = useTranslation('audience');
  return <Tag tone={mode === 'live' ? 'active' : 'neutral'}>{t(`mode.${mode}`)}</Tag>;
}

function SegmentCard({ item }: { item: SetView }) {
  const format = useFormat();
  return (
    <Link to={`/segments/${item.id}`} className="card-row">
      <span className="top">
        <span className="strong" style={{ color: 'var(--link)' }}>{item.name}</span><ModeTag mode={item.mode} />
        <span className="num strong grow">{format.count(item.people)}</span>
      </span>
      <span className="below one-line" style={{ display: 'block' }}>{sentenceOf(item, format.pick) || format.dateTime(item.changed_at)}</span>
    </Link>
  );
}
