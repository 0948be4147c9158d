// Files that come by themselves: from a watched folder, an SFTP server or an address. When, with which layout, how it
// went, and what each brought.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { FeedItem, FeedKind } from 'api/contract.ts';
import { App, Button, Input, InputNumber, Modal, Segmented, Select, TimePicker } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';

export function Feeds() {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const mayWrite = useMay('source.write');
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const [making, setMaking] = useState(false);
  const [open, setOpen] = useState<number>();
  const query = useQuery({ queryKey: ['feeds'], queryFn: ({ signal }) => body(api.GET('/api/v1/feeds', { signal })), refetchInterval: 5000 });
  const again = () => client.invalidateQueries({ queryKey: ['feeds'] });
  const act = useMutation({
    mutationFn: async ({ one, what }: { one: FeedItem; what: 'run' | 'pause' | 'remove' }) => {
      const params = { path: { number: one.number } };
      if (what === 'run') await body(api.POST('/api/v1/feeds/{number}/run', { params }));
      else if (what === 'pause') await body(api.POST('/api/v1/feeds/{number}/pause', { params, body: { paused: !one.paused } }));
      else await body(api.DELETE('/api/v1/feeds/{number}', { params }));
      return what;
    },
    onSuccess: (what) => { if (what === 'run') void message.success(t('feed.started')); return again(); },
  });
  const remove = (one: FeedItem) => void modal.confirm({
    title: t('feed.removeTitle', { name: one.name }), content: t('feed.removeText'), okText: t('feed.remove'), okButtonProps: { danger: true },
    onOk: () => act.mutateAsync({ one, what: 'remove' }),
  });
  return (
    <Card title={t('tab.feeds')} flush extra={mayWrite && <Button size="small" onClick={() => setMaking(true)}>{t('feed.new')}</Button>}>
      {act.error && <ErrorBox error={act.error} />}
      <Loaded query={query} rows={4}>
        {({ items }) => items.length === 0 ? <Empty title={t('feed.none')}>{t('feed.noneText')}</Empty> : (
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th>{t('name')}</th><th>{t('feed.from')}</th><th>{t('feed.when')}</th><th>{t('feed.last')}</th><ActionsHead /></tr></thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.number}>
                    <td><button type="button" className="bare door" onClick={() => setOpen(one.number)}>{one.name}</button><div className="small dim">{t(`feed.kind.${one.kind}`)}</div></td>
                    <td className="small mono" style={{ overflowWrap: 'anywhere', minWidth: 180 }}>{one.folder ?? (one.host ? `${one.login}@${one.host}:${one.port} ${one.place}` : one.place)}{one.pattern && ` · ${one.pattern}`}</td>
                    <td style={{ whiteSpace: 'nowrap' }}>{one.paused ? <Tag>{t('feed.paused')}</Tag> : <>{schedule(one, t)}<div className="small dim">{t('feed.next', { time: format.dateTime(one.next_at) })}</div></>}</td>
                    <td>
                      {one.last_at ? <span style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.last_at)}</span> : <span className="dimmer">{t('feed.notYet')}</span>}
                      {one.last_error && <div className="small" style={{ color: 'var(--error)' }}>{one.last_error}</div>}
                    </td>
                    <td>
                      {mayWrite && (
                        <span className="row tight">
                          <Button size="small" onClick={() => act.mutate({ one, what: 'run' })}>{t('feed.run')}</Button>
                          <Button size="small" onClick={() => act.mutate({ one, what: 'pause' })}>{one.paused ? t('feed.resume') : t('feed.pause')}</Button>
                          <Button size="small" danger onClick={() => remove(one)}>{t('feed.remove')}</Button>
                        </span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {making && <NewFeed onClose={() => { setMaking(false); void again(); }} />}
      {open !== undefined && <History number={open} onClose={() => setOpen(undefined)} />}
    </Card>
  );
}

type T = ReturnType<typeof useTranslation<'sources'>>['t'];
const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const schedule = (one: FeedItem, t: T): string => (one.every_min >= 1440 ? t('feed.daily', { time: clock(one.at_min) }) : t('feed.every', { count: one.every_min }));

function History({ number, onClose }: { number: number; onClose: () => void }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const query = useQuery({ queryKey: ['feeds', number], queryFn: ({ signal }) => body(api.GET('/api/v1/feeds/{number}', { params: { path: { number } }, signal })) });
  return (
    <Modal open title={t('feed.history', { name: query.data?.feed.name ?? '' })} footer={null} onCancel={onClose} width={720}>
      <Loaded query={query} rows={4}>
        {({ files, feed }) => (
          <div className="stack">
            {feed.host_key && <div className="small dim">{t('feed.hostKey')} <span className="mono" style={{ overflowWrap: 'anywhere' }}>{feed.host_key}</span></div>}
            {files.length === 0 ? <Empty title={t('feed.noFiles')} /> : (
              <div className="scroll-x" style={{ maxHeight: 420, overflowY: 'auto' }}>
                <table className="plain small">
                  <thead><tr><th>{t('feed.file')}</th><th>{t('at')}</th><th className="num">{t('feed.size')}</th><th>{t('feed.became')}</th></tr></thead>
                  <tbody>
                    {files.map((one) => (
                      <tr key={`${one.name}/${one.version}`}>
                        <td>{one.name}</td><td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.at)}</td><td className="num">{format.bytes(one.bytes)}</td>
                        <td>{one.import ? <Link to={`/imports/${one.import}`}>{t(`feed.state.${one.state}`)}</Link> : t(`feed.state.${one.state}`)}{one.detail && <div className="dim">{one.detail}</div>}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </div>
        )}
      </Loaded>
    </Modal>
  );
}

const kinds = ['folder', 'sftp', 'http'] as const satisfies readonly FeedKind[];

function NewFeed({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('sources');
  const format = useFormat();
  const [kind, setKind] = useState<FeedKind>('folder');
  const [text, setText] = useState({ name: '', place: '', host: '', login: '', secret: '', pattern: '' });
  const [port, setPort] = useState<number | null>(22);
  const [daily, setDaily] = useState(true);
  const [every, setEvery] = useState<number | null>(60);
  const [at, setAt] = useState(180);
  const [profile, setProfile] = useState('');
  const profiles = useQuery({ queryKey: ['import-profiles'], queryFn: ({ signal }) => body(api.GET('/api/v1/import-profiles', { signal })) });
  const make = useMutation({
    mutationFn: () => body(api.POST('/api/v1/feeds', {
      body: {
        name: text.name.trim(), kind, place: text.place.trim(), pattern: text.pattern.trim() || undefined, profile: profile || undefined,
        secret: text.secret || undefined, every_min: daily ? 1440 : every ?? 60, at_min: daily ? at : undefined,
        ...(kind === 'sftp' ? { host: text.host.trim() || undefined, login: text.login.trim() || undefined, port: port ?? 22 } : {}),
      },
    })),
    onSuccess: onClose,
  });
  const field = (name: keyof typeof text, secret = false) => (
    <label><div className="dim">{name === 'place' ? t(`feed.field.place_${kind}`) : t(`feed.field.${name}`)}</div>
      {secret ? <Input.Password value={text[name]} autoComplete="new-password" onChange={(event) => setText({ ...text, [name]: event.target.value })} />
        : <Input value={text[name]} onChange={(event) => setText({ ...text, [name]: event.target.value })} />}</label>
  );
  return (
    <Modal open title={t('feed.new')} onCancel={onClose} mask={{ closable: false }}
      footer={<Button type="primary" disabled={!text.name.trim() || (kind !== 'sftp' && !text.place.trim())} loading={make.isPending} onClick={() => make.mutate()}>{t('make')}</Button>}>
      <div className="stack">
        <Segmented aria-label={t('kindTitle')} value={kind} onChange={setKind} options={kinds.map((value) => ({ value, label: t(`feed.kind.${value}`) }))} />
        <p className="small dim">{t(`feed.howto.${kind}`)}</p>
        {field('name')}
        {kind === 'sftp' && <>{field('host')}<label><div className="dim">{t('feed.field.port')}</div><InputNumber min={1} max={65535} value={port} onChange={setPort} /></label>{field('login')}</>}
        {field('place')}
        {kind !== 'folder' && field('secret', true)}
        {kind !== 'http' && field('pattern')}
        <label><div className="dim">{t('feed.field.profile')}</div>
          <Select aria-label={t('feed.field.profile')} allowClear value={profile || undefined} placeholder={t('feed.byHeader')} onChange={(value?: string) => setProfile(value ?? '')} style={{ width: '100%' }}
            options={profiles.data?.items.map((one) => ({ value: one.name, label: format.pick(one.zh, one.en) }))} /></label>
        <div className="row">
          <Segmented aria-label={t('feed.when')} value={daily ? 'daily' : 'often'} onChange={(value) => setDaily(value === 'daily')}
            options={[{ value: 'daily', label: t('feed.byDay') }, { value: 'often', label: t('feed.byMinutes') }]} />
          {daily ? <TimePicker aria-label={t('feed.time')} format="HH:mm" allowClear={false} value={dayjs().startOf('day').add(at, 'minute')} onChange={(value) => { if (value) setAt(value.hour() * 60 + value.minute()); }} />
            : <InputNumber aria-label={t('feed.minutes')} min={1} max={720} value={every} onChange={setEvery} />}
        </div>
        {make.error && <ErrorBox error={make.error} />}
      </div>
    </Modal>
  );
}
