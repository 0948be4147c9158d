// Leads: the pool, one's own, all; claim, hand out, follow up, give back, convert.
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { LeadItem, LeadStage, LeadView } from 'api/contract.ts';
import { App, Button, Drawer, Input, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { ago } from 'ui/time.ts';
import { oneOf, useUrlState, whole } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { staffQuery } from '../org/queries.ts';

const views = ['pool', 'mine', 'all'] as const satisfies readonly LeadView[];
const stages = ['new', 'following', 'intent', 'converted', 'lost'] as const satisfies readonly LeadStage[];
const tones = { new: 'progress', following: 'active', intent: 'warn', converted: 'active', lost: 'neutral' } as const;
const schema = { view: oneOf([...views], 'pool'), stage: oneOf(['', ...stages], ''), lead: whole(0, 0, 4e12) };

export default function Leads() {
  const { t } = useTranslation('leads');
  const mayWrite = useMay('lead.write');
  const [state, change] = useUrlState(schema);
  const [making, setMaking] = useState(false);
  const asked = { view: state.view, stage: state.stage || undefined };
  const query = useInfiniteQuery({
    queryKey: ['leads', asked],
    queryFn: ({ pageParam, signal }) => body(api.GET('/api/v1/leads', { params: { query: { ...asked, cursor: pageParam || undefined } }, signal })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={t('sub')} actions={mayWrite && <Button type="primary" onClick={() => setMaking(true)}>{t('new')}</Button>} />
      <div className="stack">
        <div className="row">
          <Segmented aria-label={t('view')} value={state.view} onChange={(view) => change({ view })} options={views.map((value) => ({ value, label: t(`views.${value}`) }))} />
          <Select aria-label={t('stage')} value={state.stage} style={{ width: 130 }} onChange={(stage) => change({ stage })}
            options={['' as const, ...stages].map((value) => ({ value, label: value ? t(`stages.${value}`) : t('allStages') }))} />
        </div>
        <Card flush label={t('title')}>
          <Loaded query={query} rows={8}>
            {({ pages }) => {
              const items = pages.flatMap((page) => page.items);
              return items.length === 0 ? <Empty title={t(`none.${state.view}`)} actions={mayWrite && <Button onClick={() => setMaking(true)}>{t('new')}</Button>}>{t('noneText')}</Empty>
                : <List items={items} onOpen={(lead) => change({ lead }, 'push')} />;
            }}
          </Loaded>
        </Card>
        {query.hasNextPage && <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
      </div>
      {making && <NewLead onClose={() => setMaking(false)} />}
      {state.lead > 0 && <Lead number={state.lead} onClose={() => change({ lead: 0 })} />}
    </div>
  );
}

function Age({ at }: { at: string }) {
  const { t } = useTranslation('leads');
  const { now } = useViewer();
  const { unit, count } = ago(at, now());
  return <span>{t(`ago.${unit}`, { count })}</span>;
}

function useNodeName(): (id: string) => string {
  const { data } = useQuery(nodesQuery);
  const names = new Map((data?.items ?? []).map((one) => [one.id, one.name]));
  return (id) => names.get(id) ?? '–';
}

function useSource(): (source: string) => string {
  const { t } = useTranslation('leads');
  return (source) => {
    const [kind, rest] = source.split(':');
    return kind === 'capture' ? t('source.capture', { number: rest }) : kind === 'partner' ? t('source.partner') : t('source.manual');
  };
}

function Who({ of }: { of: LeadItem }) {
  const { t } = useTranslation('leads');
  return (
    <div>
      {of.kind === 'business' && of.company && <div><span className="strong">{of.company}</span> <Tag>{t('business')}</Tag></div>}
      <div><Link to={`/customers/${of.customer}`}>{of.name_masked || of.keys_masked || of.customer}</Link></div>
      {of.name_masked && of.keys_masked && <div className="small dim">{of.keys_masked}</div>}
    </div>
  );
}

function useClaim() {
  const client = useQueryClient();
  const { message } = App.useApp();
  const { t } = useTranslation('leads');
  return useMutation({
    mutationFn: (number: number) => body(api.POST('/api/v1/leads/{number}/claim', { params: { path: { number } } })),
    onSuccess: () => void message.success(t('claimed')),
    onError: () => void message.warning(t('taken')),
    onSettled: () => client.invalidateQueries({ queryKey: ['leads'] }),
  });
}

function List({ items, onOpen }: { items: LeadItem[]; onOpen: (number: number) => void }) {
  const { t } = useTranslation('leads');
  const format = useFormat();
  const { phone } = useViewer();
  const mayWrite = useMay('lead.write');
  const claim = useClaim();
  const nodeName = useNodeName();
  const sourceName = useSource();
  const actions = (one: LeadItem) => (
    <span className="row tight">
      {mayWrite && !one.owner && !one.closed_at && <Button size="small" type="primary" loading={claim.isPending && claim.variables === one.number} onClick={() => claim.mutate(one.number)}>{t('claim')}</Button>}
      <Button size="small" onClick={() => onOpen(one.number)}>{t('open')}</Button>
    </span>
  );
  if (phone) {
    return (
      <ul className="cards">
        {items.map((one) => (
          <li key={one.number} style={{ padding: '10px 12px' }} className="stack tight">
            <div className="row"><div className="grow"><Who of={one} /></div><Tag tone={tones[one.stage]}>{t(`stages.${one.stage}`)}</Tag></div>
            <div className="small dim">{nodeName(one.node)} · {sourceName(one.source)} · <Age at={one.created_at} />{one.owner_name && ` · ${one.owner_name}`}</div>
            {actions(one)}
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('who')}</th><th>{t('stage')}</th><th>{t('owner')}</th><th>{t('node')}</th><th>{t('sourceTitle')}</th><th>{t('age')}</th><th>{t('due')}</th><ActionsHead /></tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.number}>
              <td><Who of={one} /></td>
              <td><Tag tone={tones[one.stage]}>{t(`stages.${one.stage}`)}</Tag>{one.recycled > 0 && <span className="small dim"> {t('recycled', { count: one.recycled })}</span>}</td>
              <td>{one.owner_name || <span className="dim">{t('views.pool')}</span>}</td>
              <td>{nodeName(one.node)}</td>
              <td className="small">{sourceName(one.source)}</td>
              <td><Age at={one.created_at} /></td>
              <td className="small">{one.due_at ? format.dateTime(one.due_at) : '–'}</td>
              <td>{actions(one)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NewLead({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('leads');
  const client = useQueryClient();
  const { data: nodes } = useQuery(nodesQuery);
  const [phone, setPhone] = useState('');
  const [name, setName] = useState('');
  const [company, setCompany] = useState('');
  const [node, setNode] = useState<string>();
  const [note, setNote] = useState('');
  const make = useMutation({
    gcTime: 0,
    mutationFn: () => body(api.POST('/api/v1/leads', { body: { phone, name: name.trim() || undefined, company: company.trim() || undefined, node, note: note.trim() || undefined } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['leads'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('new')} onCancel={onClose} okText={t('make')} okButtonProps={{ disabled: !phone.trim(), loading: make.isPending }} onOk={() => make.mutate()}>
      <div className="stack">
        <label><div className="dim">{t('phone')}</div><Input autoFocus inputMode="tel" value={phone} maxLength={40} onChange={(event) => setPhone(event.target.value)} /></label>
        <label><div className="dim">{t('name')}</div><Input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} /></label>
        <label><div className="dim">{t('company')}</div><Input value={company} maxLength={120} onChange={(event) => setCompany(event.target.value)} /></label>
        <label><div className="dim">{t('node')}</div>
          <Select allowClear showSearch optionFilterProp="label" aria-label={t('node')} style={{ width: '100%' }} value={node} onChange={setNode} options={nodes?.items.map((one) => ({ value: one.id, label: one.name }))} /></label>
        <label><div className="dim">{t('note')}</div><Input.TextArea value={note} maxLength={500} rows={2} onChange={(event) => setNote(event.target.value)} /></label>
        {make.error && <ErrorBox error={make.error} />}
      </div>
    </Modal>
  );
}

const steps = ['add', 'claim', 'assign', 'follow', 'release', 'recycle', 'convert', 'lose'] as const;

function Lead({ number, onClose }: { number: number; onClose: () => void }) {
  const { t } = useTranslation('leads');
  const format = useFormat();
  const { phone } = useViewer();
  const nodeName = useNodeName();
  const query = useQuery({ queryKey: ['leads', 'one', number], queryFn: ({ signal }) => body(api.GET('/api/v1/leads/{number}', { params: { path: { number } }, signal })) });
  return (
    <Drawer open title={t('lead', { number })} onClose={onClose} width={phone ? '100%' : 520}>
      <Loaded query={query} rows={6}>
        {({ lead, steps: done }) => (
          <div className="stack">
            <div className="row"><Who of={lead} /><Tag tone={tones[lead.stage]}>{t(`stages.${lead.stage}`)}</Tag></div>
            <div className="small dim">{nodeName(lead.node)} · {lead.owner_name || t('views.pool')}{lead.due_at && ` · ${t('dueAt', { at: format.dateTime(lead.due_at) })}`}</div>
            {!lead.closed_at && <Work of={lead} />}
            <ol className="stack tight" style={{ paddingLeft: 18 }}>
              {[...done].reverse().map((one, at) => {
                const known = steps.find((word) => word === one.action);
                return (
                  <li key={at}>
                    <span className="strong">{known ? t(`step.${known}`) : one.action}</span> <span className="small dim">{one.actor === 'system' ? t('system') : one.actor} · {format.dateTime(one.at)}</span>
                    {one.note && <div style={{ overflowWrap: 'anywhere' }}>{one.note}</div>}
                  </li>
                );
              })}
            </ol>
          </div>
        )}
      </Loaded>
    </Drawer>
  );
}

type Doing = 'claim' | 'follow' | 'intent' | 'release' | 'convert' | 'lose' | 'assign';

function Work({ of }: { of: LeadItem }) {
  const { t } = useTranslation('leads');
  const client = useQueryClient();
  const mayWrite = useMay('lead.write');
  const mayAssign = useMay('lead.assign');
  const mayStaff = useMay('org.read');
  const { data: staff } = useQuery({ ...staffQuery, enabled: mayAssign && mayStaff });
  const [note, setNote] = useState('');
  const act = useMutation({
    gcTime: 0,
    mutationFn: ({ doing, staffId }: { doing: Doing; staffId?: string }) => {
      const path = { number: of.number };
      const said = { note: note.trim() || undefined };
      switch (doing) {
        case 'claim': return body(api.POST('/api/v1/leads/{number}/claim', { params: { path } }));
        case 'assign': return body(api.POST('/api/v1/leads/{number}/assign', { params: { path }, body: { staff: staffId ?? '' } }));
        case 'follow': return body(api.POST('/api/v1/leads/{number}/follow', { params: { path }, body: { stage: 'following', ...said } }));
        case 'intent': return body(api.POST('/api/v1/leads/{number}/follow', { params: { path }, body: { stage: 'intent', ...said } }));
        case 'release': return body(api.POST('/api/v1/leads/{number}/release', { params: { path }, body: said }));
        case 'convert': return body(api.POST('/api/v1/leads/{number}/convert', { params: { path }, body: said }));
        case 'lose': return body(api.POST('/api/v1/leads/{number}/lose', { params: { path }, body: said }));
      }
    },
    onSuccess: () => setNote(''),
    onSettled: () => client.invalidateQueries({ queryKey: ['leads'] }),
  });
  const button = (doing: Doing, type?: 'primary') => (
    <Button key={doing} type={type ?? 'default'} loading={act.isPending && act.variables.doing === doing} onClick={() => act.mutate({ doing })}>{t(`do.${doing}`)}</Button>
  );
  return (
    <div className="stack">
      {mayWrite && !of.owner && button('claim', 'primary')}
      {mayWrite && of.owner && (
        <>
          <Input.TextArea aria-label={t('note')} placeholder={t('notePlaceholder')} value={note} maxLength={500} rows={2} onChange={(event) => setNote(event.target.value)} />
          <div className="row">{button('follow', 'primary')}{button('intent')}{button('convert')}{button('release')}{button('lose')}</div>
        </>
      )}
      {mayAssign && staff && (
        <Select showSearch optionFilterProp="label" aria-label={t('assign')} placeholder={t('assign')} value={null} style={{ width: '100%' }}
          options={staff.items.map((one) => ({ value: one.id, label: one.name }))} onChange={(staffId: string | null) => { if (staffId) act.mutate({ doing: 'assign', staffId }); }} />
      )}
      {act.error && <ErrorBox error={act.error} />}
    </div>
  );
}
