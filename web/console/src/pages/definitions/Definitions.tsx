// The words of the trade as this business means them, then the other settings.
import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { useTranslation } from 'react-i18next';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Loaded } from 'ui/states.tsx';
import { useMay } from 'ui/viewer.tsx';
import { AuditTable } from '../system/AuditTable.tsx';
import { OtherSettings } from './OtherSettings.tsx';
import { DefinitionCard } from './DefinitionCard.tsx';
import './definitions.css';

export default function Definitions() {
  const { t } = useTranslation('definitions');
  const may = { read: useMay('metric.read'), audit: useMay('audit.read') };
  const query = useQuery({
    queryKey: ['definitions'], enabled: may.read,
    queryFn: ({ signal }) => body(api.GET('/api/v1/definitions', { signal })),
  });
  const names = new Set(query.data?.items.map((one) => one.name));
  return (
    <div className="page narrow">
      <PageHeader title={t('title')} sub={t('sub')} />
      {may.read && (
        <Loaded query={query} rows={6}>
          {({ items }) => <div className="stack">{items.map((item) => <DefinitionCard key={`${item.name}=${item.value}`} item={item} />)}</div>}
        </Loaded>
      )}
      {(query.data || !may.read) && <OtherSettings without={names} />}
      {may.audit && <><h2 className="section">{t('history')}</h2><AuditTable action="setting.change" /></>}
    </div>
  );
}
