// One capture point: its picture to print, its figures, and who came.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { CapturePointShown, NamedCount } from 'api/contract.ts';
import { Button, Drawer, Select, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';

export function Point({ number, onClose }: { number: number; onClose: () => void }) {
  const { t } = useTranslation('capture');
  const { phone } = useViewer();
  const query = useQuery({ queryKey: ['capture', number], queryFn: ({ signal }) => body(api.GET('/api/v1/capture-points/{number}', { params: { path: { number }, query: { origin: window.location.origin } }, signal })), refetchInterval: 10_000 });
  return (
    <Drawer open title={query.data?.point.name ?? t('title')} onClose={onClose} width={phone ? '100%' : 720}>
      <Loaded query={query} rows={8}>{(shown) => <Shown of={shown} />}</Loaded>
    </Drawer>
  );
}

function Shown({ of }: { of: CapturePointShown }) {
  const { t } = useTranslation('capture');
  const { point } = of;
  const tabs = [{ key: 'figures', label: t('tab.figures'), children: <Figures of={of} /> }];
  if (point.kind !== 'link' && point.kind !== 'radar') tabs.push({ key: 'submissions', label: t('tab.submissions'), children: <Submissions number={point.number} /> });
  if (point.kind === 'radar') tabs.push({ key: 'readings', label: t('tab.readings'), children: <Readings number={point.number} /> });
  if (point.kind === 'survey') tabs.push({ key: 'answers', label: t('tab.answers'), children: <Answers of={of} /> });
  return <Tabs size="small" items={tabs} />;
}

// Opened in a window of its own, so that nothing but the picture and its name is printed.
function print(of: CapturePointShown, address: string) {
  const page = window.open('', '_blank', 'width=480,height=640');
  if (!page) return;
  const { document: paper } = page;
  paper.title = of.point.name;
  const name = paper.createElement('h2');
  name.textContent = of.point.name;
  const picture = paper.createElement('img');
  picture.src = `data:image/svg+xml;utf8,${encodeURIComponent(of.qr_svg)}`;
  picture.alt = of.point.name;
  picture.style.width = '320px';
  const where = paper.createElement('p');
  where.textContent = address;
  paper.body.style.cssText = 'font-family:sans-serif;text-align:center';
  paper.body.append(name, picture, where);
  picture.onload = () => page.print();
}

function Figures({ of }: { of: CapturePointShown }) {
  const { t } = useTranslation('capture');
  const format = useFormat();
  const mayWrite = useMay('capture.write');
  const client = useQueryClient();
  const { point } = of;
  const address = `${window.location.origin}${point.path}`;
  const set = useMutation({
    mutationFn: () => body(api.PUT('/api/v1/capture-points/{number}', { params: { path: { number: point.number } }, body: { active: !point.active } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['capture'] }),
  });
  const codes = useMutation({ mutationFn: () => download(point.number, point.name) });
  const shownOnce = point.kind !== 'radar' && point.kind !== 'item';
  return (
    <div className="stack">
      <div className="row" style={{ alignItems: 'flex-start' }}>
        {shownOnce && <img alt={t('qr', { name: point.name })} width={132} height={132} src={`data:image/svg+xml;utf8,${encodeURIComponent(of.qr_svg)}`} style={{ background: '#fff' }} />}
        <div className="stack tight grow">
          {shownOnce ? <code className="mono" style={{ overflowWrap: 'anywhere' }}>{address}</code> : <span className="dim">{t(point.kind === 'item' ? 'itemAddress' : 'radarAddress')}</span>}
          {point.target && <span className="small dim" style={{ overflowWrap: 'anywhere' }}>{t('leadsTo', { target: point.target })}</span>}
          <div className="row">
            {shownOnce && <Button onClick={() => print(of, address)}>{t('print')}</Button>}
            {point.kind === 'item' && <Button loading={codes.isPending} onClick={() => codes.mutate()}>{t('download')}</Button>}
            {mayWrite && <Button danger={point.active} loading={set.isPending} onClick={() => set.mutate()}>{point.active ? t('stop') : t('start')}</Button>}
          </div>
          {(set.error ?? codes.error) && <ErrorBox error={set.error ?? codes.error} />}
        </div>
      </div>
      <dl className="row" style={{ margin: 0, gap: 24 }}>
        {([['opened', point.opened], ['submitted', point.submitted], ['turnedAway', point.turned_away], ...(of.invited > 0 ? [['invited', of.invited], ['answered', of.answered]] as const : [])] as const).map(([key, value]) => (
          <div key={key}><dt className="small dim">{t(key)}</dt><dd className="strong" style={{ margin: 0, fontSize: 20 }}>{format.exact(value)}</dd></div>
        ))}
      </dl>
      <Counts title={t('channels')} of={of.channels} none={t('direct')} />
      <Counts title={t('regions')} of={of.regions} none={t('unknownRegion')} />
    </div>
  );
}

function Counts({ title, of, none }: { title: string; of: NamedCount[]; none: string }) {
  const format = useFormat();
  if (of.length === 0) return null;
  const most = Math.max(...of.map((one) => one.count));
  return (
    <section className="stack tight" aria-label={title}>
      <h3 style={{ margin: 0 }}>{title}</h3>
      {[...of].sort((a, b) => b.count - a.count).map((one) => (
        <div key={one.name} className="row" style={{ flexWrap: 'nowrap' }}>
          <span style={{ width: 120, flexShrink: 0 }}>{one.name || none}</span>
          <span className="grow" aria-hidden="true"><span style={{ display: 'block', height: 10, borderRadius: 5, background: 'var(--accent, #1d6b45)', width: `${(100 * one.count) / most}%` }} /></span>
          <span className="num">{format.exact(one.count)}</span>
        </div>
      ))}
    </section>
  );
}

// All codes of the batch as one file, a thousand a question.
async function download(number: number, name: string) {
  const lines = ['serial,url'];
  for (let from = 0; ; from += 1000) {
    const reply = await body(api.GET('/api/v1/capture-points/{number}/codes', { params: { path: { number }, query: { from, count: 1000 } } }));
    for (const one of reply.items) lines.push(`${one.serial},${window.location.origin}${one.path}`);
    if (from + 1000 >= reply.total) break;
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${lines.join('\n')}\n`], { type: 'text/csv' }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function Submissions({ number }: { number: number }) {
  const { t } = useTranslation('capture');
  const format = useFormat();
  const query = useInfiniteQuery({
    queryKey: ['capture', number, 'submissions'],
    queryFn: ({ pageParam, signal }) => body(api.GET('/api/v1/capture-points/{number}/submissions', { params: { path: { number }, query: { cursor: pageParam || undefined } }, signal })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  });
  return (
    <div className="stack">
      <Loaded query={query} rows={6}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? <Empty title={t('noSubmissions')} /> : (
            <div className="scroll-x">
              <table className="plain">
                <thead><tr><th>{t('at')}</th><th>{t('who')}</th><th>{t('channel')}</th><th>{t('consentVersion')}</th><th>{t('region')}</th></tr></thead>
                <tbody>
                  {items.map((one) => (
                    <tr key={one.number}><td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.at)}</td><td><Link to={`/customers/${one.customer}`}>{one.name_masked || one.keys_masked || t('anonymous')}</Link></td><td>{one.channel || '–'}</td><td>{one.consent_version || '–'}</td><td>{one.region || '–'}</td></tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Loaded>
      {query.hasNextPage && <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </div>
  );
}

function Readings({ number }: { number: number }) {
  const { t } = useTranslation('capture');
  const format = useFormat();
  const query = useQuery({ queryKey: ['capture', number, 'readings'], queryFn: ({ signal }) => body(api.GET('/api/v1/capture-points/{number}/readings', { params: { path: { number } }, signal })) });
  return (
    <Loaded query={query} rows={6}>
      {({ items }) => items.length === 0 ? <Empty title={t('noReadings')}>{t('noReadingsText')}</Empty> : (
        <ul className="cards">
          {items.map((one) => (
            <li key={one.token} style={{ padding: '8px 0', paddingLeft: one.depth * 20 }}>
              <div>{one.customer ? <Link to={`/customers/${one.customer}`}>{one.name_masked || t('anonymous')}</Link> : t('anonymous')}</div>
              <div className="small dim">{one.via ? t('read', { at: format.dateTime(one.at), seconds: one.seconds, again: one.again + 1 }) : t('invitedAt', { by: one.made_by, at: format.dateTime(one.at) })}</div>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function Answers({ of }: { of: CapturePointShown }) {
  const { t } = useTranslation('capture');
  const questions = of.definition.questions;
  const choices = (at: number) => {
    const question = questions[at];
    if (!question) return [];
    return question.kind === 'scale' ? [1, 2, 3, 4, 5].map((value) => ({ value, label: String(value) })) : question.options.map((label, value) => ({ value, label }));
  };
  return (
    <div className="stack">
      {questions.map((question, at) => question.kind === 'text' ? null : (
        <Counts key={at} title={`${at + 1}. ${question.text}`} none="–"
          of={choices(at).map((one) => ({ name: one.label, count: of.answers.find((each) => each.question === at && each.choice === one.value)?.people ?? 0 })).filter((one) => one.count > 0)} />
      ))}
      {questions.filter((one) => one.kind !== 'text').length > 1 && <Cross number={of.point.number} names={questions.map((one, at) => ({ value: at, label: `${at + 1}. ${one.text}` }))} choices={choices} />}
      {of.answers.length === 0 && <Empty title={t('noSubmissions')} />}
    </div>
  );
}

function Cross({ number, names, choices }: { number: number; names: { value: number; label: string }[]; choices: (at: number) => { value: number; label: string }[] }) {
  const { t } = useTranslation('capture');
  const [rows, setRows] = useState(0);
  const [columns, setColumns] = useState(1);
  const query = useQuery({ queryKey: ['capture', number, 'cross', rows, columns], queryFn: ({ signal }) => body(api.GET('/api/v1/capture-points/{number}/cross', { params: { path: { number }, query: { rows, columns } }, signal })) });
  return (
    <section className="stack tight" aria-label={t('cross')}>
      <h3 style={{ margin: 0 }}>{t('cross')}</h3>
      <div className="row"><Select aria-label={t('rows')} style={{ width: 220 }} value={rows} onChange={setRows} options={names} /><Select aria-label={t('columns')} style={{ width: 220 }} value={columns} onChange={setColumns} options={names} /></div>
      <Loaded query={query} rows={3}>
        {({ items }) => (
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th aria-label={t('rows')} />{choices(columns).map((one) => <th key={one.value} className="num">{one.label}</th>)}</tr></thead>
              <tbody>{choices(rows).map((row) => <tr key={row.value}><th scope="row">{row.label}</th>{choices(columns).map((column) => <td key={column.value} className="num">{items.find((one) => one.row === row.value && one.column === column.value)?.people ?? 0}</td>)}</tr>)}</tbody>
            </table>
          </div>
        )}
      </Loaded>
    </section>
  );
}
