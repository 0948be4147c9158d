// The event catalogue: what events there are and must hold, where what comes in leaves that, and what is held back.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { EventTypeShown, HeldShown } from 'api/contract.ts';
import { App, Button, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { sourcesQuery } from '../../queries.ts';
import { EventType } from './EventType.tsx';

const empty: EventTypeShown = { name: '', title: '', declared: false, fields: [], seen: 0, drift: [] };

export default function Catalogue() {
  const { t } = useTranslation('inlets');
  const may = useMay('source.write');
  const client = useQueryClient();
  const [open, setOpen] = useState<EventTypeShown>();
  const query = useQuery({ queryKey: ['catalogue'], queryFn: ({ signal }) => body(api.GET('/api/v1/catalogue', { signal })), refetchInterval: 10_000 });
  const again = () => client.invalidateQueries({ queryKey: ['catalogue'] });
  const rule = useMutation({ mutationFn: (hold: boolean) => body(api.PUT('/api/v1/catalogue/rule', { body: { hold_unknown: hold } })), onSettled: again });
  return (
    <div className="page">
      <PageHeader title={t('catalogue.title')} sub={t('catalogue.sub')} actions={may && <Button type="primary" onClick={() => setOpen(empty)}>{t('catalogue.new')}</Button>} />
      <Loaded query={query} rows={6}>
        {(reply) => (
          <div className="stack">
            <Card label={t('catalogue.unknown')}>
              <div className="row">
                <Switch aria-label={t('catalogue.unknown')} checked={reply.hold_unknown} disabled={!may} loading={rule.isPending} onChange={(hold) => rule.mutate(hold)} />
                <span>{reply.hold_unknown ? t('catalogue.holds') : t('catalogue.accepts')}</span>
              </div>
              {rule.error && <ErrorBox error={rule.error} />}
            </Card>
            {reply.held.length > 0 && <Held items={reply.held} onDone={again} />}
            <Card flush label={t('catalogue.title')}>
              {reply.types.length === 0 ? <Empty title={t('catalogue.none')}>{t('catalogue.noneText')}</Empty> : <Types items={reply.types} onOpen={setOpen} />}
            </Card>
          </div>
        )}
      </Loaded>
      {open && <EventType of={open} onClose={() => { setOpen(undefined); void again(); }} />}
    </div>
  );
}

function Types({ items, onOpen }: { items: EventTypeShown[]; onOpen: (one: EventTypeShown) => void }) {
  const { t } = useTranslation('inlets');
  const format = useFormat();
  const may = useMay('source.write');
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('type')}</th><th>{t('catalogue.fields')}</th><th className="num">{t('catalogue.seen')}</th><th>{t('catalogue.drift')}</th><ActionsHead /></tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.name}>
              <td><Link to={`/debugger?type=${encodeURIComponent(one.name)}`}>{one.name}</Link> {one.title && <span className="dim">{one.title}</span>} {!one.declared && <Tag tone="warn">{t('catalogue.undeclared')}</Tag>}</td>
              <td className="small">{one.fields.map((field) => field.name + (field.required ? ' *' : '')).join(t('comma')) || '–'}</td>
              <td className="num">{format.exact(one.seen)}</td>
              <td className="small" style={{ overflowWrap: 'anywhere' }}>{one.drift.length === 0 ? '–' : one.drift.map((word) => <Drift key={word} word={word} />)}</td>
              <td>{may && <Button size="small" onClick={() => onOpen(one)}>{one.declared ? t('catalogue.change') : t('catalogue.declare')}</Button>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const drifts = ['undeclared', 'missing', 'kind'] as const;
function Drift({ word }: { word: string }) {
  const { t } = useTranslation('inlets');
  const cut = word.indexOf(':');
  const kind = drifts.find((one) => one === word.slice(0, cut));
  return <div>{kind ? t(`drift.${kind}`, { field: word.slice(cut + 1) }) : word}</div>;
}

function Held({ items, onDone }: { items: HeldShown[]; onDone: () => Promise<void> }) {
  const { t } = useTranslation('inlets');
  const format = useFormat();
  const may = useMay('source.write');
  const { modal, message } = App.useApp();
  const { data: sources } = useQuery(sourcesQuery);
  const release = useMutation({
    mutationFn: (name: string) => body(api.POST('/api/v1/catalogue/release', { body: { name } })),
    onSuccess: ({ events }) => void message.success(t('held.released', { count: events })),
    onSettled: onDone,
  });
  const drop = useMutation({
    mutationFn: (name: string) => body(api.POST('/api/v1/catalogue/drop', { body: { name } })),
    onSuccess: ({ events }) => void message.success(t('held.dropped', { count: events })),
    onSettled: onDone,
  });
  const error = release.error ?? drop.error;
  return (
    <Card title={t('held.title')} flush>
      {error && <ErrorBox error={error} />}
      <div className="scroll-x">
        <table className="plain">
          <thead><tr><th>{t('type')}</th><th>{t('source')}</th><th>{t('held.why')}</th><th className="num">{t('held.events')}</th><th>{t('held.newest')}</th><ActionsHead /></tr></thead>
          <tbody>
            {items.map((one) => (
              <tr key={`${one.type}/${one.source}/${one.code}`}>
                <td>{one.type}</td>
                <td>{sources?.items.find((source) => source.id === one.source)?.name ?? one.source}</td>
                <td className="small">{one.code === 'unknown_type' ? t('catalogue.undeclared') : <Drift word={one.code} />}</td>
                <td className="num">{format.exact(one.events)}</td>
                <td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.newest)}</td>
                <td>
                  {may && (
                    <span className="row tight" style={{ flexWrap: 'nowrap' }}>
                      <Button size="small" loading={release.isPending} onClick={() => release.mutate(one.type)}>{t('held.release')}</Button>
                      <Button size="small" danger onClick={() => void modal.confirm({
                        title: t('held.dropTitle', { type: one.type }), content: t('held.dropText'), okText: t('held.drop'),
                        okButtonProps: { danger: true }, onOk: () => drop.mutateAsync(one.type),
                      })}>{t('held.drop')}</Button>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
