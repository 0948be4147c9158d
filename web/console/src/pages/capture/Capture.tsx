// Capture points: forms, links, radar links, surveys, receipt and item codes, with what came of each.
import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import type { CapturePointItem, CaptureKind } from 'api/contract.ts';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { oneOf, useUrlState, whole } from 'ui/url-state.ts';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { NewPoint } from './NewPoint.tsx';
import { Point } from './Point.tsx';

export const kinds = ['form', 'link', 'radar', 'survey', 'receipt', 'item'] as const satisfies readonly CaptureKind[];
const schema = { kind: oneOf(['', ...kinds], ''), point: whole(0, 0, 4e12) };

export default function Capture() {
  const { t } = useTranslation('capture');
  const mayWrite = useMay('capture.write');
  const { phone } = useViewer();
  const [state, change] = useUrlState(schema);
  const [making, setMaking] = useState(false);
  const query = useQuery({ queryKey: ['capture'], queryFn: ({ signal }) => body(api.GET('/api/v1/capture-points', { signal })), refetchInterval: 15_000 });
  const add = mayWrite && <Button type="primary" onClick={() => setMaking(true)}>{t('new')}</Button>;
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={t('sub')} actions={add} />
      <div className="stack">
        <div className="scroll-x">
          <Segmented aria-label={t('kindTitle')} value={state.kind} onChange={(kind) => change({ kind })}
            options={['' as const, ...kinds].map((value) => ({ value, label: value ? t(`kind.${value}`) : t('allKinds') }))} />
        </div>
        <Card flush label={t('title')}>
          <Loaded query={query} rows={6}>
            {({ items }) => {
              const shown = items.filter((one) => !state.kind || one.kind === state.kind);
              return shown.length === 0 ? <Empty title={t('none')} actions={mayWrite && <Button onClick={() => setMaking(true)}>{t('new')}</Button>}>{t('noneText')}</Empty>
                : phone ? <Cards items={shown} onOpen={(point) => change({ point }, 'push')} /> : <Table items={shown} onOpen={(point) => change({ point }, 'push')} />;
            }}
          </Loaded>
        </Card>
      </div>
      {making && <NewPoint points={query.data?.items ?? []} onClose={() => setMaking(false)} onMade={(point) => { setMaking(false); change({ point }, 'push'); }} />}
      {state.point > 0 && <Point number={state.point} onClose={() => change({ point: 0 })} />}
    </div>
  );
}

interface Rows { items: CapturePointItem[]; onOpen: (number: number) => void }

const rate = (one: CapturePointItem) => (one.opened > 0 && one.kind !== 'link' && one.kind !== 'radar' ? Math.min(1, one.submitted / one.opened) : undefined);
const channel = (one: CapturePointItem) => [one.platform, one.post].filter(Boolean).join('/');

function Table({ items, onOpen }: Rows) {
  const { t } = useTranslation('capture');
  const format = useFormat();
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead><tr><th>{t('name')}</th><th>{t('kindTitle')}</th><th>{t('channel')}</th><th className="num">{t('opened')}</th><th className="num">{t('submitted')}</th><th className="num">{t('conversion')}</th><th>{t('made')}</th><th>{t('state')}</th></tr></thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.number}>
              <td><button type="button" className="bare door" onClick={() => onOpen(one.number)}>{one.name}</button> <span className="mono small dim">{one.code}</span></td>
              <td>{t(`kind.${one.kind}`)}</td>
              <td>{channel(one) || '–'}</td>
              <td className="num">{format.exact(one.opened)}</td>
              <td className="num">{format.exact(one.submitted)}</td>
              <td className="num">{rate(one) === undefined ? '–' : format.ratio(rate(one))}</td>
              <td>{format.dateTime(one.created_at)}</td>
              <td>{one.active ? <Tag tone="active">{t('active')}</Tag> : <Tag>{t('stopped')}</Tag>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cards({ items, onOpen }: Rows) {
  const { t } = useTranslation('capture');
  const format = useFormat();
  return (
    <ul className="cards">
      {items.map((one) => (
        <li key={one.number} style={{ padding: '10px 12px' }}>
          <button type="button" className="bare" style={{ width: '100%', textAlign: 'left' }} onClick={() => onOpen(one.number)}>
            <div className="row"><span className="strong grow">{one.name}</span>{one.active ? <Tag tone="active">{t('active')}</Tag> : <Tag>{t('stopped')}</Tag>}</div>
            <div className="small dim">{t(`kind.${one.kind}`)}{channel(one) && ` · ${channel(one)}`} · {t('openedCount', { count: one.opened, shown: format.exact(one.opened) })} · {t('submittedCount', { count: one.submitted, shown: format.exact(one.submitted) })}</div>
          </button>
        </li>
      ))}
    </ul>
  );
}
