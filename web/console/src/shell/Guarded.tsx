// A page that the person may not see says which right is missing and who grants it.
import { useTranslation } from 'react-i18next';
import { Outlet } from 'react-router';
import { Empty } from 'ui/states.tsx';
import { useMay } from 'ui/viewer.tsx';

export function Guarded({ permission }: { permission: string }) {
  const { t } = useTranslation();
  if (useMay(permission)) return <Outlet />;
  return (
    <div className="page narrow">
      <div className="card">
        <Empty title={t('forbidden.title')}>{t('forbidden.who', { permission })}</Empty>
      </div>
    </div>
  );
}
