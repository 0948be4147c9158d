// Live debugger: the last events of each source with what became of them; asked again every two seconds until paused.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { SeenItem } from 'api/contract.ts';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { sourcesQuery } from '../../queries.ts';

const verdicts = ['', 'accepted', 'corrected', 'duplicate', 'held', 'rejected'] as const;
const corrections = ['clock', 'ahead', 'key_left_out', 'personal_taken'] as const;
const tones = { accepted: 'active', corrected: 'warn', duplicate: 'neutral', held: 'warn', rejected: 'danger' } as const;
const schema = { source: text('', 60), type: text('', 200), verdict: oneOf([...verdicts], '') };

export default function Debugger() {
  const { t } = useTranslation('inlets');
  const [state, change] = useUrlState(schema);
  const [type, setType] = useState(state.type);
  const [running, setRunning] = useState(true);
  const [people, setPeople] = useState<string[]>();
  const { data: sources } = useQuery(sourcesQuery);
  const asked = { source: state.source || undefined, type: state.type || undefined, verdict: state.verdict || undefined, customer: people?.length ? people : undefined };
  const query = useQuery({
    queryKey: ['debugger', asked],
    queryFn: ({ signal }) => body(api.GET('/api/v1/debugger/events', { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
    enabled: people?.length !== 0,
    refetchInterval: running ? 2000 : false,
  });
  const names = new Map((sources?.items ?? []).map((one) => [one.id, one.name]));
  return (
    <div className="page">
      <PageHeader title={t('debugger.title')} sub={t('debugger.sub')}
        actions={<Button onClick={() => setRunning(!running)}>{running ? t('debugger.pause') : t('debugger.go')}</Button>} />
      <div className="stack">
        <div className="row">
          <Select allowClear aria-label={t('source')} placeholder={t('allSources')} value={state.source || undefined} style={{ width: 180 }}
            options={[...names].map(([value, label]) => ({ value, label }))} onChange={(source?: string) => change({ source: source ?? '' })} />
          <Select aria-label={t('verdict')} value={state.verdict} style={{ width: 130 }} onChange={(verdict: (typeof verdicts)[number]) => change({ verdict })}
            options={verdicts.map((value) => ({ value, label: value ? t(`is.${value}`) : t('allVerdicts') }))} />
          <Input.Search allowClear aria-label={t('type')} placeholder={t('type')} value={type} maxLength={200} style={{ width: 200 }}
            onChange={(event) => setType(event.target.value)} onSearch={(next) => change({ type: next.trim() })} />
          <ByPerson onFound={setPeople} />
        </div>
        <Card flush label={t('debugger.title')}>
          {people?.length === 0 ? <Empty title={t('nobody')} /> : (
            <Loaded query={query} rows={8}>
              {({ items }) => items.length === 0 ? <Empty title={t('debugger.none')}>{t('debugger.noneText')}</Empty> : <Events items={items} names={names} />}
            </Loaded>
          )}
        </Card>
      </div>
    </div>
  );
}

// A phone, e-mail or number leads to the person and all of its customers; what was typed stays out of the address.
function ByPerson({ onFound }: { onFound: (customers?: string[]) => void }) {
  const { t } = useTranslation('inlets');
  const may = useMay('customer.read');
  const find = useMutation({
    gcTime: 0,
    mutationFn: async (wanted: string) => {
      if (!wanted) return undefined;
      const { items } = await body(api.POST('/api/v1/customers/search', { body: { text: wanted } }));
      const whole = await Promise.all(items.slice(0, 5).map((one) => body(api.GET('/api/v1/customers/{id}', { params: { path: { id: one.id } } }))));
      return whole.flatMap((one) => [one.id, ...one.customers.map((each) => each.id)]).slice(0, 50);
    },
    onSuccess: onFound,
  });
  if (!may) return null;
  return (
    <>
      <Input.Search allowClear aria-label={t('person')} placeholder={t('person')} maxLength={200} style={{ width: 220 }} loading={find.isPending}
        onSearch={(wanted) => find.mutate(wanted.trim())} />
      {find.error && <ErrorBox error={find.error} />}
    </>
  );
}

function Verdict({ of }: { of: SeenItem }) {
  const { t } = useTranslation('inlets');
  const known = verdicts.find((one) => one !== '' && one === of.verdict);
  const why = of.code || of.corrected.map((word) => {
    const one = corrections.find((value) => value === word);
    return one ? t(`was.${one}`) : word;
  }).join(t('comma'));
  return (
    <span className="stack tight">
      <span><Tag tone={known ? tones[known as Exclude<typeof known, ''>] : 'neutral'}>{known ? t(`is.${known}`) : of.verdict}</Tag></span>
      {why && <span className="small dim" style={{ overflowWrap: 'anywhere' }}>{why}</span>}
    </span>
  );
}

function Events({ items, names }: { items: SeenItem[]; names: Map<string, string> }) {
  const { t } = useTranslation('inlets');
  const format = useFormat();
  const { phone } = useViewer();
  const person = (one: SeenItem) => one.customer ? <Link to={`/customers/${one.customer}`}>{one.keys_masked || one.customer}</Link> : one.keys_masked || '–';
  if (phone) {
    return (
      <ul className="cards">
        {items.map((one, at) => (
          <li key={at} style={{ padding: '10px 12px' }}>
            <div className="row" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}><span className="strong grow" style={{ overflowWrap: 'anywhere' }}>{one.type || '–'}</span><Verdict of={one} /></div>
            <div className="small dim">{format.dateTimeSeconds(one.received)} · {names.get(one.source) ?? one.source}</div>
            <div className="small" style={{ overflowWrap: 'anywhere' }}>{person(one)}</div>
            {one.properties && one.properties !== '{}' && <code className="small mono" style={{ overflowWrap: 'anywhere' }}>{one.properties}</code>}
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('received')}</th><th>{t('source')}</th><th>{t('type')}</th><th>{t('verdict')}</th><th>{t('who')}</th><th>{t('properties')}</th></tr></thead>
        <tbody>
          {items.map((one, at) => (
            <tr key={at}>
              <td style={{ whiteSpace: 'nowrap' }}>{format.dateTimeSeconds(one.received)}{one.time !== one.received && <div className="small dim">{t('happened', { at: format.dateTimeSeconds(one.time) })}</div>}</td>
              <td>{names.get(one.source) ?? one.source}</td>
              <td style={{ overflowWrap: 'anywhere' }}>{one.type || '–'}</td>
              <td><Verdict of={one} /></td>
              <td className="small">{person(one)}</td>
              <td><code className="small mono" style={{ overflowWrap: 'anywhere' }}>{one.properties}</code></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
