import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty } from 'ui/states.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="page narrow">
      <div className="card">
        <Empty title={t('notFound.title')} actions={<Link to="/">{t('notFound.home')}</Link>}>{t('notFound.text')}</Empty>
      </div>
    </div>
  );
}
