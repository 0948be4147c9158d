// A report of a store or of several says when some of its days do not agree with their tills.
import { useQuery } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Tag } from 'ui/Tag.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';

export function RedDays({ from, to, node = '' }: { from: string; to: string; node?: string }) {
  const { t } = useTranslation('reconcile');
  const format = useFormat();
  const maySee = useMay('reconcile.read');
  const { data } = useQuery({
    queryKey: ['reconcile', { from, to, node: node || undefined }],
    queryFn: ({ signal }) => body(api.GET('/api/v1/reconcile', { params: { query: { from, to, node: node || undefined } }, signal })),
    enabled: maySee,
  });
  if (!data || data.red === 0) return null;
  const days = data.items.filter((one) => one.red).map((one) => (node ? one.day : `${one.name} ${one.day}`));
  return (
    <p className="row tight" role="status">
      <Tag tone="danger">{t('red.tag')}</Tag>
      <Link to={`/reconcile?${new URLSearchParams({ from, to, ...(node ? { node } : {}) })}`}>{t('red.text', { count: data.red, shown: format.exact(data.red) })}</Link>
      <span className="small dim">{days.slice(0, 3).join(' · ')}{days.length > 3 && ' …'}</span>
    </p>
  );
}
