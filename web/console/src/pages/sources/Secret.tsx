import { CopyOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { copyText } from 'ui/hooks.ts';

// A secret that is shown once.
export function Secret({ value, text }: { value: string; text: string }) {
  const { t } = useTranslation('sources');
  const { message } = App.useApp();
  return (
    <div className="stack">
      <p>{text}</p>
      <div className="row" style={{ flexWrap: 'nowrap' }}>
        <code className="mono card grow" style={{ padding: 10, overflowWrap: 'anywhere', userSelect: 'all' }}>{value}</code>
        <Button icon={<CopyOutlined />} onClick={() => void copyText(value).then((done) => done && message.success(t('copied')))}>{t('copy')}</Button>
      </div>
    </div>
  );
}
