// What arrives, from where, how fresh; write keys for trackers and keys for programs.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { SourceItem, SourceKind } from 'api/contract.ts';
import { Button, Input, Modal, Segmented, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyId } from 'ui/CopyId.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { ago } from 'ui/time.ts';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { sourcesQuery } from '../../queries.ts';
import { Feeds } from './Feeds.tsx';
import { Freshness } from './Freshness.tsx';
import { Keys } from './Keys.tsx';
import { Quality } from './Quality.tsx';
import { Secret } from './Secret.tsx';

const schema = { tab: oneOf(['sources', 'feeds', 'fresh', 'quality', 'keys'], 'sources'), refused: text('', 60) };

export default function Sources() {
  const { t } = useTranslation('sources');
  const mayWrite = useMay('source.write');
  const mayKeys = useMay('key.write');
  const [state, change] = useUrlState(schema);
  const [making, setMaking] = useState(false);
  const query = useQuery({ ...sourcesQuery, refetchInterval: 10_000 });
  return (
    <div className="page">
      <PageHeader title={t('title')} actions={mayWrite && <Button type="primary" onClick={() => setMaking(true)}>{t('new')}</Button>} />
      <Tabs size="small" activeKey={state.tab} onChange={(tab) => change({ tab: tab as typeof state.tab })}
        items={(['sources', 'feeds', 'fresh', 'quality', ...(mayKeys ? (['keys'] as const) : [])] as const).map((key) => ({ key, label: t(`tab.${key}`) }))} />
      {state.tab === 'feeds' ? <Feeds /> : state.tab === 'fresh' ? <Freshness /> : state.tab === 'quality' ? <Quality /> : state.tab === 'keys' && mayKeys ? <Keys /> : (
        <section className="card">
          <Loaded query={query} rows={4}>
            {({ items }) => items.length === 0 ? <Empty title={t('none')} actions={mayWrite && <Button onClick={() => setMaking(true)}>{t('new')}</Button>}>{t('noneText')}</Empty>
              : <List items={items} onRefused={(refused) => change({ refused }, 'push')} />}
          </Loaded>
        </section>
      )}
      {making && <NewSource onClose={() => setMaking(false)} />}
      {state.refused && <Refused id={state.refused} onClose={() => change({ refused: '' })} />}
    </div>
  );
}

function List({ items, onRefused }: { items: SourceItem[]; onRefused: (id: string) => void }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('name')}</th><th>{t('kindTitle')}</th><th>{t('lag')}</th><th className="num">{t('accepted')}</th><th className="num">{t('refused')}</th></tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <td><span className="row tight">{one.name} <CopyId id={one.id} /></span></td>
              <td>{kindName(one.kind, t)}</td>
              <td><Lag at={one.last_received} /></td>
              <td className="num">{format.exact(one.accepted)}</td>
              <td className="num">
                {one.refused > 0 ? <button type="button" className="bare door" onClick={() => onRefused(one.id)}>{format.exact(one.refused)}</button> : 0}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const kinds = ['native', 'segment', 'sensors', 'posthog'] as const satisfies readonly SourceKind[];
function kindName(kind: string, t: ReturnType<typeof useTranslation<'sources'>>['t']): string {
  const found = kinds.find((one) => one === kind);
  return found ? t(`kind.${found}`) : kind;
}

// How long ago the last batch came; a day of silence is worth a word.
function Lag({ at }: { at?: string | null }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const { now } = useViewer();
  if (!at) return <Tag>{t('never')}</Tag>;
  const { unit, count } = ago(at, now());
  return <Tag tone={unit === 'days' ? 'warn' : 'active'} title={format.dateTimeSeconds(at)}>{t(`ago.${unit}`, { count })}</Tag>;
}

function NewSource({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('sources');
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<SourceKind>('segment');
  const [made, setMade] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const make = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const reply = await body(api.POST('/api/v1/sources', { body: { name: name.trim(), kind } }));
      setMade(reply.write_key);
      void client.invalidateQueries({ queryKey: ['sources'] });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open title={t('new')} onCancel={onClose} mask={{ closable: false }}
      footer={made ? <Button type="primary" onClick={onClose}>{t('kept')}</Button>
        : <Button type="primary" disabled={!name.trim()} loading={busy} onClick={() => void make()}>{t('make')}</Button>}>
      {made ? <Secret value={made} text={t('writeKeyOnce')} /> : (
        <div className="stack">
          <label><div className="dim">{t('name')}</div><Input autoFocus value={name} maxLength={80} onChange={(event) => setName(event.target.value)} /></label>
          <div><div className="dim">{t('kindTitle')}</div>
            <Segmented aria-label={t('kindTitle')} value={kind} onChange={setKind} options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))} /></div>
          <p className="small dim">{t(`howto.${kind}`)}</p>
          {error !== undefined && <ErrorBox error={error} />}
        </div>
      )}
    </Modal>
  );
}

function Refused({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const query = useQuery({
    queryKey: ['sources', id, 'refused'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/sources/{id}/refused', { params: { path: { id } }, signal })),
  });
  return (
    <Modal open title={t('refusedTitle')} footer={null} onCancel={onClose} width={560}>
      <Loaded query={query} rows={4}>
        {({ items }) => items.length === 0 ? <Empty title={t('refusedNone')} /> : (
          <div style={{ maxHeight: 420, overflowY: 'auto' }}>
            <table className="plain small">
              <thead><tr><th>{t('at')}</th><th>{t('code')}</th></tr></thead>
              <tbody>{items.map((one) => <tr key={one.number}><td>{format.dateTimeSeconds(one.at)}</td><td className="mono">{one.code}</td></tr>)}</tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Modal>
  );
}
