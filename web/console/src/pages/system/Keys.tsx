// The tenant's keys: which generation each is, how far a rotation is, what became of the former ones, and a new rotation.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { KeyFamily, KeyFamilyItem, KeysReply } from 'api/contract.ts';
import { Button, Input, Modal, Progress, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';

const families: KeyFamily[] = ['data', 'index'];
const isLive = (family: KeyFamilyItem) => family.state === 'queued' || family.state === 'running';

export function Keys() {
  const { t } = useTranslation('system');
  const mayWrite = useMay('system.write');
  const [rotating, setRotating] = useState(false);
  const query = useQuery({
    queryKey: ['system', 'keys'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/system/keys', { signal })),
    refetchInterval: ({ state }) => (state.data?.families.some(isLive) ? 1000 : 30_000),
  });
  return (
    <Card title={t('keys.title')} extra={mayWrite && <Button size="small" onClick={() => setRotating(true)}>{t('keys.rotate')}</Button>}>
      <Loaded query={query} rows={4}>
        {(data) => (
          <div className="stack">
            {data.families.map((family) => <Family key={family.family} family={family} all={data} />)}
            <p className="small dim">{data.backups_kept_hours > 0 ? t('keys.backups', { hours: data.backups_kept_hours }) : t('keys.noBackups')}</p>
          </div>
        )}
      </Loaded>
      {rotating && <Rotate onClose={() => setRotating(false)} />}
    </Card>
  );
}

function Family({ family, all }: { family: KeyFamilyItem; all: KeysReply }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const own = all.generations.filter((one) => one.family === family.family);
  const newest = own.find((one) => one.generation === family.generation);
  const gone = own.filter((one) => one.destroyed_at).at(-1);
  const live = isLive(family);
  return (
    <div>
      <div className="row">
        <span className="strong grow">{t(`keys.${family.family}`)} <span className="dim">{t('keys.generation', { number: family.generation })}</span></span>
        <Tag tone={family.settled ? 'active' : 'progress'}>{family.settled ? t('keys.settled') : live ? t('keys.rotating') : t('keys.waiting')}</Tag>
      </div>
      {live && (
        <Progress size="small" status="active" strokeColor="var(--primary)" aria-label={t(`keys.${family.family}`)}
          percent={family.total > 0 ? Math.floor((family.done / family.total) * 100) : 0} />
      )}
      <div className="small dim">
        {newest && t('keys.since', { at: format.dateTime(newest.created_at) })}
        {live && ` · ${t('keys.progress', { done: format.exact(family.done), total: format.exact(family.total) })}`}
        {family.next_look && ` · ${t('keys.nextLook', { at: format.dateTime(family.next_look) })}`}
      </div>
      {gone?.destroyed_at && (
        <div className="small dim">
          {t('keys.destroyed', { number: gone.generation, at: format.dateTime(gone.destroyed_at) })}
          {gone.in_backups_until && ` · ${t('keys.inBackups', { at: format.dateTime(gone.in_backups_until) })}`}
        </div>
      )}
    </div>
  );
}

function Rotate({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('system');
  const client = useQueryClient();
  const [family, setFamily] = useState<KeyFamily>('data');
  const [reason, setReason] = useState('');
  const rotate = useMutation({
    mutationFn: () => body(api.POST('/api/v1/system/keys', { body: { family, reason: reason.trim() } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['system', 'keys'] });
      onClose();
    },
  });
  return (
    <Modal open title={t('keys.rotate')} onCancel={onClose} okText={t('keys.start')} confirmLoading={rotate.isPending}
      okButtonProps={{ disabled: reason.trim().length < 2 }} onOk={() => rotate.mutate()}>
      <div className="stack">
        <Radio.Group value={family} onChange={(event) => setFamily(event.target.value as KeyFamily)} aria-label={t('keys.which')}
          options={families.map((value) => ({ value, label: t(`keys.${value}`) }))} />
        <p className="dim">{t(`keys.${family}Text`)}</p>
        <label><span className="dim">{t('keys.reason')}</span><Input value={reason} maxLength={500} autoComplete="off" onChange={(event) => setReason(event.target.value)} /></label>
        {rotate.error && <ErrorBox error={rotate.error} />}
      </div>
    </Modal>
  );
}
