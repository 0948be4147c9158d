import { useTranslation } from 'react-i18next';

// Head of the column of buttons: nothing to see, a name to hear.
export function ActionsHead() {
  const { t } = useTranslation('ui');
  return <th><span className="visually-hidden">{t('actions')}</span></th>;
}
