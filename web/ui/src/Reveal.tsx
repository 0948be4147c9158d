// A masked value. Seeing it clear asks for a reason, lasts 30 seconds, is one field of one person and leaves an audit
// line. The clear value lives in this component's state only: never in the URL, the query cache, the title or storage.
import { EyeOutlined } from '@ant-design/icons';
import { Button, Modal, Radio } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox } from './states.tsx';

export const shownSeconds = 30;
export const reasons = ['service', 'verify', 'delivery', 'quality', 'complaint'] as const;

interface Props {
  masked: string;
  label: string;
  // The clear value; rejects with what the server said.
  reveal: (reason: string) => Promise<string>;
  onShown?: (shown: boolean) => void;
}

export function Reveal({ masked, label, reveal, onShown }: Props) {
  const { t } = useTranslation('ui');
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState<string>();
  const [clear, setClear] = useState<string>();
  const [left, setLeft] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    if (clear === undefined) return undefined;
    onShown?.(true);
    const timer = setInterval(() => setLeft((before) => before - 1), 1000);
    return () => {
      clearInterval(timer);
      onShown?.(false);
    };
  }, [clear, onShown]);
  useEffect(() => {
    if (clear !== undefined && left <= 0) setClear(undefined);
  }, [clear, left]);

  const ask = async () => {
    if (!reason) return;
    setBusy(true);
    setError(undefined);
    try {
      const value = await reveal(t(`reveal.reasons.${reason as (typeof reasons)[number]}`));
      setLeft(shownSeconds);
      setClear(value);
      setAsking(false);
      setReason(undefined);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };

  return (
    <span className="row tight" style={{ display: 'inline-flex' }}>
      {clear === undefined ? <span>{masked}</span> : (
        <>
          <span className="strong" aria-live="polite">{clear}</span>
          <button type="button" className="bare small dim" onClick={() => setClear(undefined)}>{t('reveal.hide', { count: left })}</button>
        </>
      )}
      {clear === undefined && (
        <button type="button" className="bare dimmer" style={{ width: 24, height: 24, textAlign: 'center' }}
          aria-label={t('reveal.open', { what: label })} onClick={() => setAsking(true)}>
          <EyeOutlined />
        </button>
      )}
      <Modal open={asking} title={t('reveal.title', { what: label })} onCancel={() => setAsking(false)} destroyOnHidden
        footer={[
          <Button key="no" onClick={() => setAsking(false)}>{t('cancel')}</Button>,
          <Button key="yes" type="primary" disabled={!reason} loading={busy} onClick={() => void ask()}>{t('reveal.show')}</Button>,
        ]}>
        <p className="dim" style={{ marginBottom: 12 }}>{t('reveal.explain', { count: shownSeconds })}</p>
        <Radio.Group value={reason} onChange={(event) => setReason(event.target.value as string)} vertical
          options={reasons.map((value) => ({ value, label: t(`reveal.reasons.${value}`) }))} />
        {error !== undefined && <div style={{ marginTop: 12 }}><ErrorBox error={error} /></div>}
      </Modal>
    </span>
  );
}

// Name, staff number and time over the page while something is revealed.
export function Watermark({ text }: { text: string }) {
  return (
    <div className="watermark" aria-hidden="true">
      {Array.from({ length: 60 }, (_, index) => <span key={index}>{text}</span>)}
    </div>
  );
}
