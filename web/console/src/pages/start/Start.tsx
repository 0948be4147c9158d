// A working system today: see the sample, import mine, connect a tracker; and what is still missing.
import { CheckCircleFilled, ClockCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { useMay } from 'ui/viewer.tsx';
import { importsQuery, nodesQuery, sourcesQuery } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { staffQuery } from '../org/queries.ts';

export default function Start() {
  const { t } = useTranslation('start');
  const me = useMe();
  const maySources = useMay('source.read');
  const mayOrg = useMay('org.read');
  const imports = useQuery(importsQuery);
  const sources = useQuery({ ...sourcesQuery, enabled: maySources });
  const nodes = useQuery({ ...nodesQuery, enabled: mayOrg });
  const staff = useQuery({ ...staffQuery, enabled: mayOrg });
  const imported = imports.data?.items.some((one) => one.state === 'done') ?? false;
  const received = sources.data?.items.some((one) => one.accepted > 0) ?? false;
  const checks = [
    { key: 'data' as const, done: imported || received, to: '/imports', may: true },
    { key: 'nodes' as const, done: (nodes.data?.items.length ?? 0) > 1, to: '/organisation', may: mayOrg },
    { key: 'staff' as const, done: (staff.data?.items.length ?? 0) > 1, to: '/organisation', may: mayOrg },
    { key: 'source' as const, done: received, to: '/sources', may: maySources },
    { key: 'settings' as const, done: undefined, to: '/settings', may: true },
  ].filter((one) => one.may);
  const doors = [
    ...(me.tenant.sample ? [{ key: 'sample' as const, to: '/overview' }] : imported ? [{ key: 'look' as const, to: '/overview' }] : []),
    { key: 'import' as const, to: '/imports' },
    ...(maySources ? [{ key: 'connect' as const, to: '/sources' }] : []),
  ];
  return (
    <div className="page" style={{ maxWidth: 1080, margin: 0 }}>
      <PageHeader title={t('title')} sub={me.tenant.name} />
      <div className="stack">
        <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 260px), 1fr))' }}>
          {doors.map(({ key, to }) => (
            <Link key={key} to={to} className="card" style={{ padding: 20, color: 'inherit', textDecoration: 'none' }}>
              <div className="strong" style={{ fontSize: 16, lineHeight: '24px', color: 'var(--link)' }}>{t(`door.${key}.title`)}</div>
              <div className="dim">{t(`door.${key}.text`)}</div>
            </Link>
          ))}
        </div>
        <Card title={t('checks')} flush>
          <ul className="cards">
            {checks.map(({ key, done, to }) => (
              <li key={key}>
                <Link to={to} className="card-row"><span className="row">
                  {done ? <CheckCircleFilled style={{ color: 'var(--ok)' }} /> : <ClockCircleOutlined style={{ color: 'var(--tertiary)' }} />}
                  <span className="grow"><span className="strong">{t(`check.${key}.title`)}</span> <span className="dim">{t(`check.${key}.text`)}</span></span>
                  <span className="small dim">{done === undefined ? t('look') : done ? t('done') : t('open')}</span>
                </span></Link>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </div>
  );
}
