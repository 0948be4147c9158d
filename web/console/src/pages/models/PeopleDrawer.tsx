// The people behind a number, with what may be done with them.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Page } from 'api/contract.ts';
import { Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ListTable, type Column } from 'ui/ListTable.tsx';
import { Empty } from 'ui/states.tsx';
import { useMay, useViewer } from 'ui/viewer.tsx';
import type { AudiencePerson } from '../audience/replies.ts';
import type { Rule } from '../audience/types.ts';
import { Person } from '../audience/PreviewPanel.tsx';
import { ChosenBar } from './ChosenBar.tsx';

interface Props {
  title: string;
  // Tells one question from another.
  about: string;
  ask: (cursor: string, signal?: AbortSignal) => Promise<Page<AudiencePerson>>;
  onClose: () => void;
  // Who they are, as a rule: then they can be kept as a segment.
  rule?: Rule;
}

export function PeopleDrawer({ title, about, ask, onClose, rule }: Props) {
  const { t } = useTranslation('audience');
  const { t: word } = useTranslation('customers');
  const { t: own } = useTranslation('models');
  const mayWrite = useMay('audience.write');
  const { phone } = useViewer();
  const navigate = useNavigate();
  const [cursor, setCursor] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const query = useQuery({ queryKey: ['people', about, cursor], queryFn: ({ signal }) => ask(cursor, signal), placeholderData: keepPreviousData });
  const columns: Column<AudiencePerson>[] = [
    { key: 'customer', title: word('column.customer'), render: (row) => row.name_masked || word('noName') },
    { key: 'identity', title: word('column.identity'), render: (row) => row.identities.map((one) => one.masked).filter(Boolean).slice(0, 2).join(' · ') || '–' },
    { key: 'home', title: word('column.home'), render: (row) => row.home_node_name ?? '–' },
  ];
  return (
    <Drawer open size={phone ? 'default' : 860} title={title} onClose={onClose}
      extra={rule && mayWrite && <Button onClick={() => void navigate('/segments/new', { state: { rule } })}>{own('asSegment')}</Button>} styles={{ body: { padding: 12 } }}>
      <ListTable<AudiencePerson> name="people-behind" people query={query} columns={columns} rowKey={(row) => row.id}
        card={(row) => <div className="card-row"><Person person={row} /></div>} onOpen={(row) => void navigate(`/customers/${row.id}`)}
        cursor={cursor} onCursor={setCursor} chosen={chosen} onChoose={setChosen}
        bar={chosen.length > 0 && <ChosenBar chosen={chosen} onClear={() => setChosen([])} />}
        empty={<Empty title={t('nobody')}>{t('nobodyText')}</Empty>} />
    </Drawer>
  );
}
