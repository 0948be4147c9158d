// The people behind a number. The sentence is the title; the count is the number's own, because it is the same query.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { App, Button, Drawer } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { ExportButton } from 'ui/ExportButton.tsx';
import { useTotal } from 'ui/ListTable.tsx';
import { Empty, ErrorBox, Skeleton, BusyBar } from 'ui/states.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { metricsQuery, nodesQuery } from '../queries.ts';
import { CustomerCard } from './columns.tsx';
import { decodePeople, exportAddress, fetchPeople, filtersOf, peopleKey, type People } from './people.ts';

export default function PeopleDrawer() {
  const [params, setParams] = useSearchParams();
  const people = decodePeople(params.get(peopleKey) ?? '');
  const close = () =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      next.delete(peopleKey);
      return next;
    }, { preventScrollReset: true });
  // It stands outside the page's frame, so it brings its own place for messages.
  return people ? <App component={false}><Open people={people} word={params.get(peopleKey) ?? ''} close={close} /></App> : null;
}

function useSentence(people: People): string {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { data: metrics } = useQuery({ ...metricsQuery, enabled: people.kind === 'metric' });
  const { data: nodes } = useQuery({ ...nodesQuery, enabled: people.node !== '' });
  const place = nodes?.items.find((node) => node.id === people.node)?.name ?? t('people.everywhere');
  if (people.kind === 'class') {
    return t('people.class', { name: t(`rfm.${people.class}`), place });
  }
  if (people.kind === 'cell') return t('people.cell', { r: people.r, f: people.f, place });
  const metric = metrics?.items.find((one) => one.id === people.id);
  const variant = metric?.variants.find((one) => one.id === people.variant);
  const name = metric ? format.pick(metric.name_zh, metric.name_en) : people.id;
  const full = variant?.id ? t('people.variant', { name, variant: format.pick(variant.name_zh, variant.name_en) }) : name;
  return t(`people.${people.part}`, { name: full, from: people.from, to: people.to, place });
}

function Open({ people, word, close }: { people: People; word: string; close: () => void }) {
  const { t } = useTranslation('customers');
  const total = useTotal(true);
  const mayExport = useMay('customer.export');
  const sentence = useSentence(people);
  const [cursors, setCursors] = useState<string[]>(['']);
  useEffect(() => setCursors(['']), [word]);
  const cursor = cursors.at(-1) ?? '';
  const query = useQuery({
    queryKey: ['people', word, cursor],
    queryFn: ({ signal }) => fetchPeople(people, { cursor, limit: 50, signal }),
    placeholderData: keepPreviousData,
  });
  const next = query.isPlaceholderData ? undefined : query.data?.next;
  return (
    <Drawer open onClose={close} size={520} title={sentence}
      extra={mayExport && <ExportButton href={exportAddress(filtersOf(people))} name="customers.csv">{t('export')}</ExportButton>}
      styles={{ body: { padding: 0 } }}>
      <BusyBar on={query.isFetching} />
      {query.error && <ErrorBox error={query.error} retry={() => void query.refetch()} />}
      {!query.data && !query.error && <Skeleton rows={8} />}
      {query.data && (
        <>
          <div className="row" style={{ padding: '8px 16px', borderBottom: '1px solid var(--line)' }}>
            <span className="strong" data-testid="people-count" data-count={query.data.total.value}>{total(query.data.total)}</span>
            <span className="dim small">{t('people.asOf')}</span>
            {people.kind === 'class' && (
              <Link style={{ marginLeft: 'auto' }} to={`/customers?class=${encodeURIComponent(people.class)}`}>{t('people.openList')}</Link>
            )}
          </div>
          {query.data.items.length === 0 ? <Empty title={t('people.none')}>{t('people.noneText')}</Empty>
            : <ul className="cards">{query.data.items.map((row) => <li key={row.id}><CustomerCard row={row} /></li>)}</ul>}
          <div className="list-foot">
            <div className="pages">
              <Button size="small" disabled={cursors.length < 2} onClick={() => setCursors(cursors.slice(0, -1))}>{t('people.previous')}</Button>
              <Button size="small" disabled={!next} onClick={() => next && setCursors([...cursors, next])}>{t('people.next')}</Button>
            </div>
          </div>
        </>
      )}
    </Drawer>
  );
}
