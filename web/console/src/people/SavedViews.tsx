// Views of a list that somebody saved: a name and the filters of the address. They are kept in this browser: the server
// keeps settings of the tenant, none of a person.
import { DeleteOutlined, SaveOutlined } from '@ant-design/icons';
import { Button, Input, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recall, remember } from 'ui/local.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { parseViews, sameFilters, type SavedView } from './views.ts';

interface Props {
  list: string;
  label: string;
  ready: { value: string; label: string; filters: Record<string, string> }[];
  now: Record<string, string>;
  onOpen: (filters: Record<string, string>) => void;
}

const most = 12;

export function SavedViews({ list, label, ready, now, onOpen }: Props) {
  const { t } = useTranslation();
  const [own, setOwn] = useState<SavedView[]>(() => parseViews(recall(`views.${list}`)));
  const [name, setName] = useState('');
  const [naming, setNaming] = useState(false);
  const all = [...ready, ...own.map((one) => ({ value: `own:${one.name}`, label: one.name, filters: one.filters }))];
  const active = all.find((one) => sameFilters(one.filters, now));
  const keep = (next: SavedView[]) => {
    setOwn(next);
    remember(`views.${list}`, next.length > 0 ? JSON.stringify(next) : undefined);
  };
  const save = () => {
    const clean = name.trim();
    if (!clean) return;
    keep([...own.filter((one) => one.name !== clean), { name: clean, filters: now }].slice(-most));
    setName('');
    setNaming(false);
  };
  const mine = own.find((one) => `own:${one.name}` === active?.value);
  return (
    <div className="saved-views">
      <ViewTabs label={label} value={active?.value ?? ''} options={all.map(({ value, label: shown }) => ({ value, label: shown }))}
        onChange={(value) => {
          const view = all.find((one) => one.value === value);
          if (view) onOpen(view.filters);
        }} />
      <span className="row tight no-print">
        {!active && (
          <Popover open={naming} onOpenChange={setNaming} trigger="click" placement="bottomRight" title={t('views.save')} content={
            <form className="stack" style={{ width: 240 }} onSubmit={(event) => { event.preventDefault(); save(); }}>
              <Input autoFocus value={name} maxLength={20} aria-label={t('views.name')} placeholder={t('views.name')} onChange={(event) => setName(event.target.value)} />
              <span className="small dim">{t('views.where')}</span>
              <Button type="primary" htmlType="submit" disabled={!name.trim()}>{t('views.save')}</Button>
            </form>
          }>
            <Button size="small" type="link" icon={<SaveOutlined />}>{t('views.save')}</Button>
          </Popover>
        )}
        {mine && <Button size="small" type="link" icon={<DeleteOutlined />} onClick={() => keep(own.filter((one) => one !== mine))}>{t('views.drop')}</Button>}
      </span>
    </div>
  );
}
