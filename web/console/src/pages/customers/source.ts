import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { shortId } from 'ui/CopyId.tsx';
import { useMay } from 'ui/viewer.tsx';
import { importsQuery, sourcesQuery } from '../../queries.ts';

// Where a value came from, in words: staff, the API, the file of an import, or a source by its name.
export function useSourceName(): (source: string) => string {
  const { t } = useTranslation('customers');
  const sources = useQuery({ ...sourcesQuery, enabled: useMay('source.read'), staleTime: 300_000 });
  const imports = useQuery({ ...importsQuery, enabled: useMay('import.read'), staleTime: 300_000 });
  return (source) => {
    if (source === 'staff' || source === 'api' || source === 'manual') return t(`source.${source}`);
    if (source.startsWith('import:')) {
      const id = source.slice('import:'.length);
      return t('source.import', { name: imports.data?.items.find((one) => one.id === id)?.name ?? shortId(id) });
    }
    return sources.data?.items.find((one) => one.id === source)?.name ?? shortId(source);
  };
}
