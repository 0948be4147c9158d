// Finds people by a whole phone, e-mail, card or id. The text is POSTed: it never stands in an address or a cache key.
import { SearchOutlined } from '@ant-design/icons';
import { api, body } from 'api/client.ts';
import type { Match } from 'api/contract.ts';
import { Input, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { isComposing } from 'ui/hooks.ts';
import { Empty, ErrorBox } from 'ui/states.tsx';

export function FindPerson() {
  const { t } = useTranslation('customers');
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [found, setFound] = useState<Match[]>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const find = async () => {
    const wanted = text.trim();
    if (!wanted) return;
    setBusy(true);
    setError(undefined);
    try {
      const { items } = await body(api.POST('/api/v1/customers/search', { body: { text: wanted } }));
      const [only] = items;
      if (items.length === 1 && only) {
        setText('');
        void navigate(`/customers/${only.id}`);
      } else setFound(items);
    } catch (problem) {
      setError(problem);
      setFound([]);
    } finally {
      setBusy(false);
    }
  };
  const content = error !== undefined ? <ErrorBox error={error} /> : found?.length === 0 ? (
    <Empty title={t('find.none')}>{t('find.noneText')}</Empty>
  ) : (
    <ul className="cards" style={{ width: 300 }}>
      {found?.map((one) => (
        <li key={one.id}>
          <Link className="card-row" to={`/customers/${one.id}`}>
            <span className="strong">{one.name_masked || t('noName')}</span>{' '}
            <span className="dim">{one.identities.map((identity) => identity.masked).filter(Boolean).slice(0, 2).join(' · ')}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
  return (
    <Popover open={found !== undefined} onOpenChange={(open) => { if (!open) setFound(undefined); }} content={content} placement="bottomRight" trigger="click">
      <Input.Search className="grows" aria-label={t('find.label')} placeholder={t('find.placeholder')} value={text} style={{ width: 260, maxWidth: '100%' }}
        enterButton={<SearchOutlined aria-label={t('find.button')} />} loading={busy} maxLength={200} autoComplete="off"
        onChange={(event) => { setText(event.target.value); setFound(undefined); }}
        onSearch={(_, event) => { if (!event || !isComposing(event as React.KeyboardEvent)) void find(); }} />
    </Popover>
  );
}
