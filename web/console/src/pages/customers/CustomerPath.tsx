// The way of one person across touch points, oldest first: online on the left, offline on the right, and between two
// hops what makes them the same person's.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { Hop } from 'api/contract.ts';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { BusyBar, Empty, ErrorBox, Skeleton } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat } from 'ui/viewer.tsx';
import { useChannelName } from '../../orders/channel.ts';
import { OrderTag } from '../../orders/columns.tsx';
import { useEventTitle } from './event-title.ts';
import { useSourceName } from './source.ts';
import './path.css';

const rows = 50;

export function CustomerPath({ id }: { id: string }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const path = useInfiniteQuery({
    queryKey: ['customer', id, 'path'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      body(api.GET('/api/v1/customers/{id}/path', { params: { path: { id }, query: { cursor: pageParam || undefined, limit: rows } }, signal })),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const first = path.data?.pages[0];
  const hops = path.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className="card" aria-label={t('tab.path')}>
      <BusyBar on={path.isFetching} />
      {path.error && <ErrorBox error={path.error} retry={() => void path.refetch()} />}
      {path.isPending && !path.error && <Skeleton rows={6} />}
      {first && hops.length === 0 && <Empty title={t('path.none')}>{t('path.noneText')}</Empty>}
      {first && hops.length > 0 && (
        <>
          <p className="path-sum small">
            {t('path.sum', { hops: format.exact(first.total.value), online: format.exact(first.online), offline: format.exact(first.offline) })}
            {' · '}{t('path.turns', { out: format.exact(first.to_offline), back: format.exact(first.to_online) })}
          </p>
          <div className="path-lanes small dim" aria-hidden="true"><span>{t('path.online')}</span><span>{t('path.offline')}</span></div>
          <ol className="path">
            {hops.map((hop) => <HopCard key={hop.step} hop={hop} />)}
          </ol>
        </>
      )}
      {(path.hasNextPage || first?.events_from) && (
        <div className="list-foot">
          {first?.events_from && <span className="small dim">{t('timeline.cut', { time: format.dateTime(first.events_from) })}</span>}
          {path.hasNextPage && <Button size="small" loading={path.isFetchingNextPage} onClick={() => void path.fetchNextPage()}>{t('path.more')}</Button>}
        </div>
      )}
    </section>
  );
}

function HopCard({ hop }: { hop: Hop }) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const sourceName = useSourceName();
  const channelName = useChannelName();
  const eventTitle = useEventTitle();
  const where = [
    hop.node_name, hop.channel && channelName(hop.channel), hop.touchpoint, hop.staff && t('path.staff', { code: hop.staff }), hop.source && sourceName(hop.source),
  ].filter(Boolean).join(' · ');
  return (
    <li className={hop.side}>
      <div className="hop">
        {hop.links.length > 0 && <p className="small joined">{t('path.links', { numbers: hop.links.map((one) => `#${one}`).join(' → ') })}</p>}
        <div className="row tight">
          <Tag tone={hop.side === 'online' ? 'progress' : 'active'}>{t(`path.${hop.side}`)}</Tag>
          {hop.kind === 'event' ? <span className="strong" title={hop.title}>{eventTitle(hop.title)}</span> : <><OrderTag kind={hop.kind} /><Link to={`/orders/${hop.order ?? ''}`}>{hop.title}</Link></>}
          {hop.count > 1 && <span className="small dim">{t('path.times', { count: hop.count })}</span>}
          {hop.net && <span className="num strong" style={{ marginLeft: 'auto' }}>{format.money(hop.net.minor, hop.net.currency)}</span>}
        </div>
        {where && <div className="small dim">{where}</div>}
        <div className="small dim">
          <time dateTime={hop.at}>{format.dateTime(hop.at)}</time>
          {hop.count > 1 && <> – <time dateTime={hop.until}>{format.dateTime(hop.until)}</time></>}
          {hop.key && ` · ${hop.key.kind ? t('path.key', { kind: t(`kind.${hop.key.kind}`), value: hop.key.masked ?? '' }) : t('path.keyGone')}`}
        </div>
      </div>
    </li>
  );
}
