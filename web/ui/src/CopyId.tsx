import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from './hooks.ts';

export function shortId(id: string): string {
  const at = id.indexOf('_');
  return at < 0 || id.length < 14 ? id : `${id.slice(0, at + 1)}…${id.slice(-5)}`;
}

// An id as a person meets it: short, whole on hover, copied on a press.
export function CopyId({ id, short = true }: { id: string; short?: boolean }) {
  const { t } = useTranslation('ui');
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(id))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <span className="row tight" style={{ display: 'inline-flex', flexWrap: 'nowrap' }}>
      <span className="mono dim" title={id}>{short ? shortId(id) : id}</span>
      <button type="button" className="bare dimmer" style={{ width: 24, height: 24, textAlign: 'center' }}
        aria-label={copied ? t('copied') : t('copy', { what: id })} onClick={() => void copy()}>
        {copied ? <CheckOutlined /> : <CopyOutlined />}
      </button>
    </span>
  );
}
