// One person in one order of time: orders, returns, behaviour, identity, consent; newest first, by kind when asked for.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { ConsentView, LinkView, Moment } from 'api/contract.ts';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shortId } from 'ui/CopyId.tsx';
import { BusyBar, Empty, ErrorBox, Skeleton } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import type { Tone } from 'ui/tokens.ts';
import { oneOf, useUrlState } from 'ui/url-state.ts';
import { useFormat } from 'ui/viewer.tsx';
import { useChannelName } from '../../orders/channel.ts';
import { OrderTag } from '../../orders/columns.tsx';
import { useEventTitle } from './event-title.ts';
import { ruleName } from './Links.tsx';
import { useSourceName } from './source.ts';
import { weave } from './weave.ts';

const shows = ['all', 'order', 'event', 'identity', 'consent'] as const;
type Show = (typeof shows)[number];
const schema = { show: oneOf<Show>(shows, 'all') };
const rows = 50;

type Row =
  | { of: 'moment'; at: string; key: string; moment: Moment }
  | { of: 'link' | 'unlink'; at: string; key: string; link: LinkView }
  | { of: 'consent'; at: string; key: string; consent: ConsentView };

export function Timeline({ id }: { id: string }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const [{ show }, change] = useUrlState(schema);
  const asked = show === 'order' || show === 'event' ? show : undefined;
  const long = show === 'all' || asked !== undefined;
  const moments = useInfiniteQuery({
    queryKey: ['customer', id, 'timeline', asked ?? ''],
    enabled: long,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      body(api.GET('/api/v1/customers/{id}/timeline', { params: { path: { id }, query: { kind: asked, cursor: pageParam || undefined, limit: rows } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const short = useShort(id, show);
  const pages = long ? (moments.data?.pages ?? []) : [{ items: [], next: undefined }];
  const error = (long ? moments.error : null) ?? short.error;
  const waiting = (long && !moments.data) || short.isPending;
  const list = pages.flatMap((page, index) => weave<Row, Row>(
    page.items.map((moment) => ({ of: 'moment', at: moment.at, key: moment.key, moment })),
    short.items, pages[index - 1]?.items.at(-1)?.at, !page.next));
  const cut = long ? moments.data?.pages.at(-1)?.events_from : undefined;
  return (
    <section className="card" aria-label={t('tab.timeline')}>
      <div className="row" style={{ padding: '10px 16px', borderBottom: '1px solid var(--line)' }}>
        <Segmented aria-label={t('timeline.show')} value={show} onChange={(next) => change({ show: next })} style={{ maxWidth: '100%', overflowX: 'auto' }}
          options={shows.map((value) => ({ value, label: t(`timeline.${value}`) }))} />
      </div>
      <BusyBar on={moments.isFetching || short.isFetching} />
      {error && <ErrorBox error={error} retry={() => { void moments.refetch(); short.refetch(); }} />}
      {waiting && !error && <Skeleton rows={6} />}
      {!waiting && list.length === 0 && <Empty title={t('timeline.none')}>{t('timeline.noneText')}</Empty>}
      {!waiting && list.length > 0 && (
        <ol className="timeline">
          {list.map((row, index) => {
            const day = format.day(row.at);
            const first = index === 0 || format.day(list[index - 1]?.at) !== day;
            return <Line key={`${row.of}${row.key}`} row={row} day={first ? day : undefined} />;
          })}
        </ol>
      )}
      {(moments.hasNextPage || cut) && long && (
        <div className="list-foot">
          {cut && <span className="small dim">{t('timeline.cut', { time: format.dateTime(cut) })}</span>}
          {moments.hasNextPage && <Button size="small" loading={moments.isFetchingNextPage} onClick={() => void moments.fetchNextPage()}>{t('timeline.more')}</Button>}
        </div>
      )}
    </section>
  );
}

// Links, separations and consents are few: they come whole.
function useShort(id: string, show: Show) {
  const wantLinks = show === 'all' || show === 'identity';
  const wantConsents = show === 'all' || show === 'consent';
  const links = useQuery({
    queryKey: ['customer', id, 'links'], enabled: wantLinks,
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}/links', { params: { path: { id } }, signal })),
  });
  const consents = useQuery({
    queryKey: ['customer', id, 'consents'], enabled: wantConsents,
    queryFn: ({ signal }) => body(api.GET('/api/v1/customers/{id}/consents', { params: { path: { id } }, signal })),
  });
  const items: Row[] = [];
  for (const link of wantLinks ? (links.data?.items ?? []) : []) {
    // Newest first, also when both came at one moment.
    if (link.undone_at) items.push({ of: 'unlink', at: link.undone_at, key: String(link.number), link });
    items.push({ of: 'link', at: link.at, key: String(link.number), link });
  }
  for (const consent of wantConsents ? (consents.data?.items ?? []) : []) items.push({ of: 'consent', at: consent.at, key: String(consent.number), consent });
  return {
    items,
    error: (wantLinks ? links.error : null) ?? (wantConsents ? consents.error : null),
    isPending: (wantLinks && links.isPending) || (wantConsents && consents.isPending),
    isFetching: links.isFetching || consents.isFetching,
    refetch: () => { void links.refetch(); void consents.refetch(); },
  };
}

const toneOf: Record<Row['of'], Tone> = { moment: 'progress', link: 'active', unlink: 'warn', consent: 'neutral' };

function Line({ row, day }: { row: Row; day: string | undefined }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const time = format.dateTimeSeconds(row.at);
  return (
    <li>
      {day && <h3 className="small dim">{day}</h3>}
      <div className="line">
        <time className="small dim" dateTime={row.at} title={time}>{time.slice(11, 16)}</time>
        <span className="what">
          {row.of === 'moment' && row.moment.kind !== 'event'
            ? <OrderTag kind={row.moment.kind} />
            : <Tag tone={toneOf[row.of]}>{t(row.of === 'moment' ? 'timeline.event' : `timeline.tag.${row.of}`)}</Tag>}
        </span>
        <span className="grow"><Words row={row} /></span>
      </div>
    </li>
  );
}

function Words({ row }: { row: Row }) {
  const { t } = useTranslation('customers');
  const { t: privacy } = useTranslation('privacy');
  const format = useFormat();
  const sourceName = useSourceName();
  const channelName = useChannelName();
  const eventTitle = useEventTitle();
  if (row.of === 'consent') {
    const { consent } = row;
    return (
      <>
        <span className="strong">{consent.granted ? privacy('consent.granted') : privacy('consent.withdrawn')}</span>{' '}
        {privacy(`purpose.${consent.purpose}`)} · {privacy(`channel.${consent.channel}`)}
        <span className="small dim"> · {sourceName(consent.source)}</span>
      </>
    );
  }
  if (row.of !== 'moment') {
    const { link } = row;
    return (
      <>
        <span className="mono" title={link.a}>{shortId(link.a)}</span> + <span className="mono" title={link.b}>{shortId(link.b)}</span>
        <span className="small dim"> · {ruleName(link.rule, t)} · {sourceName(link.source)}{link.reason ? ` · ${link.reason}` : ''}</span>
      </>
    );
  }
  const { moment } = row;
  if (moment.kind === 'event') {
    return (
      <>
        <span className="strong" title={moment.title}>{eventTitle(moment.title)}</span>
        <span className="small dim">
          {moment.properties.map((one) => ` · ${one.name}: ${one.value}`).join('')}
          {moment.source ? ` · ${sourceName(moment.source)}` : ''}
        </span>
      </>
    );
  }
  return (
    <span className="row tight">
      <Link to={`/orders/${moment.order ?? ''}`}>{moment.title}</Link>
      <span className="small dim">{[moment.node_name, moment.channel && channelName(moment.channel), t('timeline.lines', { count: moment.lines ?? 0 })].filter(Boolean).join(' · ')}</span>
      <span className="num strong" style={{ marginLeft: 'auto' }}>{format.money(moment.net?.minor, moment.net?.currency)}</span>
    </span>
  );
}
