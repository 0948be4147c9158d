// A fault of a page stays in its place: the shell around it goes on working.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { Empty } from 'ui/states.tsx';

export function Crash() {
  const { t } = useTranslation();
  const error = useRouteError();
  // After a new release the old page asks for chunks that are gone: loading the page again gets the new ones.
  const stale = error instanceof Error && /dynamically imported module|module script/i.test(error.message);
  return (
    <div className="page narrow">
      <div className="card">
        <Empty title={stale ? t('crash.stale') : t('crash.title')}
          actions={<Button type="primary" onClick={() => location.reload()}>{t('crash.reload')}</Button>}>
          {!stale && error instanceof Error && <span className="mono">{error.message}</span>}
        </Empty>
      </div>
    </div>
  );
}
