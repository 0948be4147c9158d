// Files in: drop one, and the history of all that came before.
import { InboxOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { uploadImport } from 'api/client.ts';
import type { ImportItem } from 'api/contract.ts';
import { Progress } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { useFormat, useMay, useViewer } from 'ui/viewer.tsx';
import { importsQuery } from '../../queries.ts';
import { ImportTag } from './ImportTag.tsx';
import { isWorking } from './state.ts';

export default function Imports() {
  const { t } = useTranslation('imports');
  const mayRun = useMay('import.run');
  const query = useQuery({
    ...importsQuery,
    refetchInterval: ({ state }) => (state.data?.items.some((one) => isWorking(one.state)) ? 1500 : false),
  });
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={query.data && t('count', { count: query.data.items.length })} />
      <div className="stack">
        {mayRun && <Drop />}
        <Card title={t('history')} flush>
          <Loaded query={query} rows={4}>
            {({ items }) => items.length === 0 ? <Empty title={t('none')}>{t('noneText')}</Empty> : <History items={items} />}
          </Loaded>
        </Card>
      </div>
    </div>
  );
}

const formats = '.csv,.txt,.tsv,.xlsx';

function Drop() {
  const { t } = useTranslation('imports');
  const navigate = useNavigate();
  const client = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [progress, setProgress] = useState<number>();
  const [error, setError] = useState<unknown>();

  const send = async (file: File | undefined) => {
    if (!file) return;
    setError(undefined);
    setProgress(0);
    try {
      const made = await uploadImport(file, setProgress);
      void client.invalidateQueries({ queryKey: ['imports'] });
      void navigate(`/imports/${made.id}`);
    } catch (problem) {
      setError(problem);
      setProgress(undefined);
    }
  };
  return (
    <>
      <button type="button" className="bare card drop" data-over={over} disabled={progress !== undefined}
        onClick={() => field.current?.click()}
        onDragOver={(event) => { event.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); void send(event.dataTransfer.files[0]); }}>
        <InboxOutlined style={{ fontSize: 28, color: 'var(--link)' }} />
        <span className="strong">{progress === undefined ? t('drop.title') : t('drop.sending')}</span>
        {progress === undefined ? <span className="dim small">{t('drop.text')}</span>
          : <Progress percent={Math.round(progress * 100)} size="small" style={{ maxWidth: 320 }} strokeColor="var(--primary)" />}
      </button>
      <input ref={field} type="file" accept={formats} hidden aria-label={t('drop.title')}
        onChange={(event) => { void send(event.target.files?.[0]); event.target.value = ''; }} />
      {error !== undefined && <ErrorBox error={error} />}
    </>
  );
}

function History({ items }: { items: ImportItem[] }) {
  const { t } = useTranslation('imports');
  const format = useFormat();
  const { phone } = useViewer();
  if (phone) {
    return (
      <ul className="cards">
        {items.map((one) => (
          <li key={one.id}>
            <Link to={`/imports/${one.id}`} className="card-row">
              <span className="top"><span className="strong grow one-line">{one.name}</span><ImportTag state={one.state} /></span>
              <span className="below">{format.dateTime(one.created_at)} · {t('rowsRead', { count: one.counts.read, shown: format.exact(one.counts.read) })}</span>
            </Link>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th>{t('file')}</th><th>{t('stateTitle')}</th><th className="num">{t('rowsReadTitle')}</th><th className="num">{t('counts.fresh')}</th>
            <th className="num">{t('counts.updated')}</th><th className="num">{t('counts.unchanged')}</th><th className="num">{t('counts.invalid')}</th>
            <th>{t('by')}</th><th>{t('at')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <td><Link to={`/imports/${one.id}`}>{one.name}</Link> <span className="dimmer small">{format.bytes(one.bytes)}</span></td>
              <td><ImportTag state={one.state} /></td>
              <td className="num">{format.exact(one.counts.read)}</td>
              <td className="num">{format.exact(one.counts.fresh)}</td>
              <td className="num">{format.exact(one.counts.updated)}</td>
              <td className="num">{format.exact(one.counts.unchanged)}</td>
              <td className="num">{one.counts.invalid > 0 ? <Link to={`/imports/${one.id}?step=result`}>{format.exact(one.counts.invalid)}</Link> : 0}</td>
              <td>{one.created_by || '–'}</td>
              <td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
