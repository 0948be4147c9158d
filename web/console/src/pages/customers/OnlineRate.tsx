// Digitised is not online: how many members can be met by a live touch point that they consented to, by home store, laggards
// first; every figure opens the people behind it.
import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { oneOf, text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { useNodeName } from './nodes.ts';

const states = ['chat', 'push', 'group_only', 'offline'] as const;
type State = (typeof states)[number];
const schema = { state: oneOf(['chat', 'push', 'group_only', 'offline'], 'offline'), node: text('') };

export default function OnlineRate() {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const { phone } = useViewer();
  const nodeName = useNodeName();
  const [url, change] = useUrlState(schema);
  const query = useQuery({
    queryKey: ['online-rate'],
    queryFn: ({ signal }) => body(api.GET('/api/v1/online-rate', { signal })),
  });
  const of = (part: number, whole: number) => format.ratio(whole === 0 ? undefined : part / whole);
  return (
    <div className="page">
      <PageHeader title={t('online.title')} sub={t('online.sub')} />
      <Loaded query={query} rows={6}>
        {({ all, nodes, digitised }) => all.members === 0 ? <Empty title={t('online.none')}>{t('online.noneText')}</Empty> : (
          <div className="stack">
            <Card label={t('online.all')}>
              <div style={{ display: 'grid', gap: '12px 24px', gridTemplateColumns: 'repeat(auto-fit, minmax(120px, max-content))' }}>
                {([[t('online.rate'), of(all.online, all.members)], [t('online.digitised'), format.exact(digitised)], [t('online.members'), format.exact(all.members)],
                  [t('online.chat'), format.exact(all.chat)], [t('online.push'), format.exact(all.push)], [t('online.group_only'), format.exact(all.group_only)]] as const)
                  .map(([label, shown]) => <div key={label}><div className="small dim">{label}</div><div className="strong" style={{ fontVariantNumeric: 'tabular-nums' }}>{shown}</div></div>)}
              </div>
            </Card>
            <section className="card scroll-x">
              <table className="plain">
                <thead><tr>
                  <th>{t('online.store')}</th><th className="num">{t('online.rate')}</th><th className="num">{t('online.members')}</th>
                  {!phone && <><th className="num">{t('online.chat')}</th><th className="num">{t('online.push')}</th><th className="num">{t('online.group_only')}</th></>}
                </tr></thead>
                <tbody>
                  {nodes.slice(0, 60).map((one) => (
                    <tr key={one.node ?? ''}>
                      <td>{one.node ? <Button type="link" size="small" style={{ padding: 0 }} onClick={() => change({ node: one.node })}>{nodeName(one.node) || one.node}</Button> : t('online.noStore')}</td>
                      <td className="num">{of(one.online, one.members)}</td><td className="num">{format.exact(one.members)}</td>
                      {!phone && <><td className="num">{format.exact(one.chat)}</td><td className="num">{format.exact(one.push)}</td><td className="num">{format.exact(one.group_only)}</td></>}
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <People state={url.state as State} node={url.node} onState={(state) => change({ state })} onAll={() => change({ node: '' })} />
          </div>
        )}
      </Loaded>
    </div>
  );
}

interface PeopleProps { state: State; node: string; onState: (state: State) => void; onAll: () => void }

function People({ state, node, onState, onAll }: PeopleProps) {
  const { t } = useTranslation('customers');
  const format = useFormat();
  const nodeName = useNodeName();
  const query = useQuery({
    queryKey: ['online-rate', 'people', state, node],
    queryFn: ({ signal }) => body(api.GET('/api/v1/online-rate/people', { params: { query: { state, limit: 20, ...(node && { node }) } }, signal })),
  });
  return (
    <section className="card">
      <div className="row" style={{ padding: '12px 12px 0', flexWrap: 'wrap' }}>
        <Segmented value={state} onChange={onState} options={states.map((value) => ({ value, label: t(`online.${value}`) }))} />
        {node && <span className="small">{nodeName(node)} <Button type="link" size="small" onClick={onAll}>{t('online.allStores')}</Button></span>}
      </div>
      <Loaded query={query} rows={4}>
        {({ items, total }) => items.length === 0 ? <Empty title={t('online.nobody')}>{t('online.nobodyText')}</Empty> : (
          <>
            <p className="small dim" style={{ padding: '8px 12px' }}>{t('online.count', { count: format.exact(total.value) })}</p>
            <table className="plain">
              <tbody>
                {items.map((one) => (
                  <tr key={one.id}>
                    <td><Link to={`/customers/${one.id}?tab=consents`}>{one.name_masked || t('noName')}</Link></td>
                    <td>{one.identities.map((key) => key.masked).filter(Boolean).slice(0, 2).join(' · ')}</td>
                    <td className="dim">{nodeName(one.home_node)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Loaded>
    </section>
  );
}
