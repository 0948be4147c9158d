import { useQuery } from '@tanstack/react-query';
import type { MetricDefinition } from 'api/contract.ts';
import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { text, useUrlState } from 'ui/url-state.ts';
import { useFormat, useViewer } from 'ui/viewer.tsx';
import { metricsQuery } from '../../queries.ts';
import { matches } from '../../shell/matching.ts';
import { ownerName } from './owner.ts';

const schema = { q: text('', 40) };

export default function Metrics() {
  const { t } = useTranslation('metrics');
  const format = useFormat();
  const { phone } = useViewer();
  const query = useQuery(metricsQuery);
  const [{ q }, change] = useUrlState(schema);
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={query.data && t('count', { count: query.data.items.length })}
        actions={<Input.Search allowClear aria-label={t('find')} placeholder={t('find')} defaultValue={q} style={{ width: 240 }}
          onChange={(event) => change({ q: event.target.value })} />} />
      <Loaded query={query} rows={8}>
        {(data) => {
          const shown = data.items.filter((one) => matches(q, [one.id, one.name_zh, one.name_en, one.formula]));
          if (shown.length === 0) return <div className="card"><Empty title={t('none')}>{t('noneText')}</Empty></div>;
          return (
            <section className="card scroll-x">
              {phone ? <ul className="cards">{shown.map((one) => <li key={one.id}><Row metric={one} /></li>)}</ul> : (
                <table className="plain">
                  <thead><tr><th>{t('id')}</th><th>{t('name')}</th><th>{t('formula')}</th><th>{t('unit')}</th><th>{t('owner')}</th><th>{t('version')}</th></tr></thead>
                  <tbody>
                    {shown.map((one) => (
                      <tr key={one.id}>
                        <td className="mono" style={{ whiteSpace: 'nowrap' }}>{one.id}</td>
                        <td style={{ whiteSpace: 'nowrap' }}><Link to={`/metric/${one.id}`}>{format.pick(one.name_zh, one.name_en)}</Link></td>
                        <td>
                          {one.variants.length === 0 ? one.formula : one.variants.map((variant) => (
                            <div key={variant.id}><Tag>{format.pick(variant.name_zh, variant.name_en)}</Tag> {variant.formula}</div>
                          ))}
                        </td>
                        <td style={{ whiteSpace: 'nowrap' }}>{t(`units.${one.unit}`)}</td>
                        <td style={{ whiteSpace: 'nowrap' }}>{ownerName(one.owner, t)}</td>
                        <td className="num">v{one.version}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </section>
          );
        }}
      </Loaded>
    </div>
  );
}

function Row({ metric }: { metric: MetricDefinition }) {
  const format = useFormat();
  return (
    <Link to={`/metric/${metric.id}`} className="card-row">
      <span className="top"><span className="strong" style={{ color: 'var(--link)' }}>{format.pick(metric.name_zh, metric.name_en)}</span><span className="mono dimmer">{metric.id}</span></span>
      <span className="below">{metric.formula}</span>
    </Link>
  );
}
