// A list as a file. The page stays: it tells that the server is making the file, how much of it has come, and why it did
// not; a second press gives up. Over the limit of one's role it offers to ask; the limit stands on the button itself.
import { DownloadOutlined, LoadingOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { api, ApiProblem, body, fetchFile } from 'api/client.ts';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from './viewer.tsx';

const AskExport = lazy(() => import('./AskExport.tsx'));

interface Props { href: string; name: string; children: string; size?: 'small' | 'middle'; type?: 'link' | 'default' }

export function ExportButton({ href, name, children, size, type }: Props) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const { message } = App.useApp();
  const [came, setCame] = useState<{ bytes: number; of: number | undefined }>();
  const [refused, setRefused] = useState<{ problem: ApiProblem; id: string }>();
  const client = useQueryClient();
  const limit = useLimit(href);
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
        const over = overLimit(error);
        if (over) setRefused(over);
        else if (abort.signal.aborted) void message.info(t('export.stopped'));
        else void message.error(t('export.failed', { why: error instanceof Error ? error.message : '' }));
      },
    ).finally(() => {
      running.current = undefined;
      setCame(undefined);
      void client.invalidateQueries({ queryKey: ['exports'] });
    });
  };

  const percent = came?.of ? Math.min(100, Math.round((came.bytes / came.of) * 100)) : undefined;
  const progress = !came ? children
    : came.bytes === 0 ? t('export.making')
    : percent === undefined ? t('export.received', { size: format.bytes(came.bytes) })
    : t('export.percent', { percent });
  return (
    <>
      <Button size={size} type={type} icon={came ? <LoadingOutlined /> : <DownloadOutlined />} onClick={start} title={came ? t('export.stop') : limit}>
        <span aria-live="polite">{progress}</span>
      </Button>
      {refused && <Suspense><AskExport {...refused} onClose={() => setRefused(undefined)} /></Suspense>}
    </>
  );
}

// The refusal of the gate before files names the export that was refused.
export function overLimit(error: unknown): { problem: ApiProblem; id: string } | undefined {
  if (!(error instanceof ApiProblem) || error.errors[0]?.field !== 'export') return undefined;
  const id = /exp_\w+/.exec(error.detail)?.[0];
  return id ? { problem: error, id } : undefined;
}

// "/api/v1/segments/{id}/export.csv" is the route of "/api/v1/segments/seg_1/export.csv?x=1".
export const servesFile = (route: string, href: string): boolean =>
  new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(href.split('?')[0] ?? '');

function useLimit(href: string): string | undefined {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ['exports', 'allowance'], staleTime: 60_000,
    queryFn: ({ signal }) => body(api.GET('/api/v1/exports/allowance', { signal })),
  });
  const mine = data?.items.find((one) => servesFile(one.path, href));
  if (!data || !mine) return undefined;
  if (mine.files_a_day === 0) return t('export.none');
  return t(mine.may_ask ? 'export.may' : 'export.only', { people: format.exact(mine.people), taken: format.exact(data.taken_today), files: format.exact(mine.files_a_day) });
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
