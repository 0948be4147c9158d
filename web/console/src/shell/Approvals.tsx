// Exports that wait for this person's decision, or that were approved for them; nothing while there are none.
import { ExportOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { exportsWaitingQuery } from '../queries.ts';

export default function Approvals() {
  const { t } = useTranslation();
  const { data } = useQuery(exportsWaitingQuery);
  const count = data ? data.to_decide + data.ready : 0;
  if (!data || count === 0) return null;
  const label = data.to_decide > 0 ? t('exports.decide', { count: data.to_decide }) : t('exports.ready', { count: data.ready });
  return (
    <Link className="icon-button" to={data.to_decide > 0 ? '/exports?of=others&state=waiting' : '/exports?state=approved'} aria-label={label} title={label}>
      <ExportOutlined aria-hidden /><span className="count" aria-hidden="true">{count}</span>
    </Link>
  );
}
