// What was done, and the way back for ten seconds: reversible actions are done at once and say so.
import { App } from 'antd';
import { useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';

const secondsShown = 10;

export function useUndo(): (done: string, undo: () => Promise<unknown>) => void {
  const { t } = useTranslation('ui');
  const { message } = App.useApp();
  const count = useRef(0);
  return useCallback((done, undo) => {
    const key = `undo-${String(++count.current)}`;
    const back = () => {
      void message.open({ key, type: 'loading', content: t('undo.busy'), duration: 0 });
      undo().then(
        () => message.open({ key, type: 'success', content: t('undo.done') }),
        (error: unknown) => message.open({ key, type: 'error', content: t('undo.failed', { why: error instanceof Error ? error.message : '' }) }),
      );
    };
    void message.open({
      key, type: 'success', duration: secondsShown,
      content: <>{done} · <button type="button" className="bare door" onClick={back}>{t('undo.button')}</button></>,
    });
  }, [message, t]);
}
