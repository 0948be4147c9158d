// A role demands a second factor: nothing else opens before it stands.
import { useTranslation } from 'react-i18next';
import { Frame } from './Frame.tsx';
import { SecondFactor } from './SecondFactor.tsx';

export default function EnrolPage() {
  const { t } = useTranslation('session');
  return <Frame title={t('factor.title')} text={t('factor.demanded')}><SecondFactor standing={false} /></Frame>;
}
