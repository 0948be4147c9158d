// A list as a file. The page stays: it tells that the server is making the file, how much of it has come, and why it did
// not; a second press gives up.
import { DownloadOutlined, LoadingOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchFile } from 'api/client.ts';
import { useFormat } from './viewer.tsx';

interface Props { href: string; name: string; children: string; size?: 'small' | 'middle'; type?: 'link' | 'default' }

export function ExportButton({ href, name, children, size, type }: Props) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const { message } = App.useApp();
  const [came, setCame] = useState<{ bytes: number; of: number | undefined }>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = () => {
    if (running.current) {
      running.current.abort();
      return;
    }
    const abort = new AbortController();
    running.current = abort;
    setCame({ bytes: 0, of: undefined });
    fetchFile(href, (bytes, of) => setCame({ bytes, of }), abort.signal).then(
      (file) => {
        save(file, name);
        void message.success(t('export.done', { name, size: format.bytes(file.size) }));
      },
      (error: unknown) => {
        if (abort.signal.aborted) void message.info(t('export.stopped'));
        else void message.error(t('export.failed', { why: error instanceof Error ? error.message : '' }));
      },
    ).finally(() => {
      running.current = undefined;
      setCame(undefined);
    });
  };

  const percent = came?.of ? Math.min(100, Math.round((came.bytes / came.of) * 100)) : undefined;
  const progress = !came ? children
    : came.bytes === 0 ? t('export.making')
    : percent === undefined ? t('export.received', { size: format.bytes(came.bytes) })
    : t('export.percent', { percent });
  return (
    <Button size={size} type={type} icon={came ? <LoadingOutlined /> : <DownloadOutlined />} onClick={start} title={came ? t('export.stop') : undefined}>
      <span aria-live="polite">{progress}</span>
    </Button>
  );
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
