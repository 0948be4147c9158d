import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { DeliveryItem, DeliveryState, HookItem } from 'api/contract.ts';
import { App, Button, Drawer, Input, Modal, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionsHead } from 'ui/ActionsHead.tsx';
import { Card } from 'ui/Card.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { Secret } from '../sources/Secret.tsx';

const tones = { waiting: 'warn', delivered: 'active', failed: 'danger' } as const satisfies Record<DeliveryState, string>;
const causes = ['address_refused', 'no_connection', 'unknown', 'status', 'redirect'] as const;

export function Webhooks() {
  const { t } = useTranslation('open');
  const format = useFormat();
  const mayWrite = useMay('open.write');
  const client = useQueryClient();
  const { modal } = App.useApp();
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<HookItem>();
  const query = useQuery({ queryKey: ['webhooks'], queryFn: ({ signal }) => body(api.GET('/api/v1/webhooks', { signal })) });
  const again = () => client.invalidateQueries({ queryKey: ['webhooks'] });
  const set = useMutation({ mutationFn: (one: HookItem) => body(api.PUT('/api/v1/webhooks/{number}', { params: { path: { number: one.number } }, body: { active: !one.active } })), onSettled: again });
  const remove = useMutation({ mutationFn: (number: number) => body(api.DELETE('/api/v1/webhooks/{number}', { params: { path: { number } } })), onSettled: again });
  const names = new Map((query.data?.kinds ?? []).map((one) => [one.type, format.pick(one.zh, one.en)]));
  const askRemove = (one: HookItem) => void modal.confirm({ title: t('removeTitle', { label: one.label }), content: t('removeText'), okText: t('remove'), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync(one.number) });
  return (
    <Card flush title={t('tab.hooks')} extra={mayWrite && <Button size="small" type="primary" onClick={() => setMaking(true)}>{t('newHook')}</Button>}>
      {(set.error ?? remove.error) && <ErrorBox error={set.error ?? remove.error} />}
      <Loaded query={query} rows={4}>
        {({ items }) => items.length === 0 ? <Empty title={t('noHooks')}>{t('noHooksText')}</Empty> : (
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th>{t('label')}</th><th>{t('address')}</th><th>{t('kinds')}</th><th>{t('active')}</th><ActionsHead /></tr></thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.number}>
                    <td>{one.label}</td>
                    <td className="small mono" style={{ overflowWrap: 'anywhere' }}>{one.url}</td>
                    <td className="small">{one.kinds.map((kind) => names.get(kind) ?? kind).join(t('comma'))}</td>
                    <td><Switch size="small" aria-label={t('active')} checked={one.active} disabled={!mayWrite} onChange={() => set.mutate(one)} /></td>
                    <td><span className="row tight" style={{ flexWrap: 'nowrap' }}><Button size="small" onClick={() => setShown(one)}>{t('deliveries')}</Button>{mayWrite && <Button size="small" danger onClick={() => askRemove(one)}>{t('remove')}</Button>}</span></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {making && <NewHook kinds={[...names].map(([value, label]) => ({ value, label }))} onClose={() => { setMaking(false); void again(); }} />}
      {shown && <Deliveries of={shown} names={names} onClose={() => setShown(undefined)} />}
    </Card>
  );
}

function NewHook({ kinds, onClose }: { kinds: { value: string; label: string }[]; onClose: () => void }) {
  const { t } = useTranslation('open');
  const [label, setLabel] = useState('');
  const [url, setUrl] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const make = useMutation({ gcTime: 0, mutationFn: () => body(api.POST('/api/v1/webhooks', { body: { label: label.trim(), url: url.trim(), kinds: chosen } })) });
  return (
    <Modal open title={t('newHook')} onCancel={onClose} mask={{ closable: false }}
      footer={make.data ? <Button type="primary" onClick={onClose}>{t('kept')}</Button>
        : <Button type="primary" disabled={!label.trim() || !url.trim() || chosen.length === 0} loading={make.isPending} onClick={() => make.mutate()}>{t('make')}</Button>}>
      {make.data ? <Secret value={make.data.secret} text={t('hookSecretOnce')} /> : (
        <div className="stack">
          <label><div className="dim">{t('label')}</div><Input autoFocus value={label} maxLength={80} onChange={(event) => setLabel(event.target.value)} /></label>
          <label><div className="dim">{t('address')}</div><Input inputMode="url" placeholder="https://" value={url} maxLength={500} onChange={(event) => setUrl(event.target.value)} /></label>
          <label><div className="dim">{t('kinds')}</div><Select mode="multiple" aria-label={t('kinds')} style={{ width: '100%' }} value={chosen} onChange={setChosen} options={kinds} /></label>
          <p className="small dim">{t('hookText')}</p>
          {make.error && <ErrorBox error={make.error} />}
        </div>
      )}
    </Modal>
  );
}

function Deliveries({ of, names, onClose }: { of: HookItem; names: Map<string, string>; onClose: () => void }) {
  const { t } = useTranslation('open');
  const { phone } = useViewer();
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: ['webhooks', of.number, 'deliveries'],
    queryFn: ({ pageParam, signal }) => body(api.GET('/api/v1/webhooks/{number}/deliveries', { params: { path: { number: of.number }, query: { cursor: pageParam || undefined } }, signal })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: 5000,
  });
  const replay = useMutation({
    mutationFn: (number: number) => body(api.POST('/api/v1/webhook-deliveries/{number}/replay', { params: { path: { number } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['webhooks', of.number] }),
  });
  return (
    <Drawer open title={t('deliveriesOf', { label: of.label })} onClose={onClose} width={phone ? '100%' : 720}>
      {replay.error && <ErrorBox error={replay.error} />}
      <Loaded query={query} rows={6}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? <Empty title={t('noDeliveries')} /> : <DeliveryList items={items} names={names} onReplay={(number) => replay.mutate(number)} />;
        }}
      </Loaded>
      {query.hasNextPage && <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </Drawer>
  );
}

function DeliveryList({ items, names, onReplay }: { items: DeliveryItem[]; names: Map<string, string>; onReplay: (number: number) => void }) {
  const { t } = useTranslation('open');
  const format = useFormat();
  const mayWrite = useMay('open.write');
  return (
    <ul className="cards">
      {items.map((one) => {
        const cause = causes.find((known) => known === one.error);
        return (
          <li key={one.number} style={{ padding: '10px 0' }} className="stack tight">
            <div className="row"><span className="strong grow">{names.get(one.kind) ?? one.kind}</span><Tag tone={tones[one.state]}>{t(`is.${one.state}`)}</Tag>
              {mayWrite && <Button size="small" onClick={() => onReplay(one.number)}>{t('replay')}</Button>}</div>
            <div className="small dim">{format.dateTimeSeconds(one.created_at)} · {t('attempts', { count: one.attempts })}{one.status > 0 && ` · HTTP ${one.status}`}{one.error && ` · ${cause ? t(`cause.${cause}`) : one.error}`}{one.next_at && one.attempts > 0 && ` · ${t('nextAt', { at: format.dateTimeSeconds(one.next_at) })}`}</div>
            <code className="small mono" style={{ overflowWrap: 'anywhere' }}>{one.body}</code>
          </li>
        );
      })}
    </ul>
  );
}
