// Who is likely to buy a product next, with the reason, and what may be done with them; beside it, how well that was
// foretold before.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Page } from 'api/contract.ts';
import type { components } from 'api/schema.d.ts';
import { Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ExportButton } from 'ui/ExportButton.tsx';
import { ListTable, type Column } from 'ui/ListTable.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { Empty, ErrorBox } from 'ui/states.tsx';
import { oneOf, text, useUrlState, whole } from 'ui/url-state.ts';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { exportAddress } from '../../people/people.ts';
import { ask } from '../audience/ask.ts';
import { ChosenBar } from '../models/ChosenBar.tsx';
import { NodeSelect } from '../overview/NodeSelect.tsx';
import { Chance, Why } from './reason.tsx';

type Schemas = components['schemas'];
type Products = Schemas['performance.ProductList'];
type Person = Schemas['performance.MatchedPerson'];
type Kind = '' | 'repeat' | 'companion';

const kinds: Kind[] = ['', 'repeat', 'companion'];
const schema = { product: text('', 120), node: text('', 60), kind: oneOf<Kind>(kinds, ''), size: whole(50, 1, 200), after: text('', 200) };

export default function Matches() {
  const { t } = useTranslation('matches');
  const { t: word } = useTranslation('customers');
  const format = useFormat();
  const navigate = useNavigate();
  const mayExport = useMay('customer.export');
  const [state, change] = useUrlState(schema);
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const products = useQuery({
    queryKey: ['matches', 'products', typed], placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask<Products>('GET', 'product-matches/products', { params: { query: { text: typed.trim() || undefined } }, signal }),
  });
  // What is looked at first is what most people buy.
  const product = state.product || (typed === '' ? products.data?.items[0]?.product ?? '' : '');
  const asked = { product, node: state.node || undefined, kind: state.kind || undefined, limit: state.size, cursor: state.after || undefined };
  const query = useQuery({
    queryKey: ['matches', 'people', asked], enabled: product !== '', placeholderData: keepPreviousData,
    queryFn: ({ signal }) => ask<Page<Person>>('GET', 'product-matches', { params: { query: asked }, signal }),
  });
  const most = query.data?.items[0]?.chance ?? 1;
  const columns: Column<Person>[] = [
    { key: 'customer', title: word('column.customer'), render: (row) => <Link to={`/customers/${row.id}`}>{row.name_masked || word('noName')}</Link> },
    { key: 'identity', title: word('column.identity'), render: (row) => keysOf(row) || '–' },
    { key: 'home', title: word('column.home'), render: (row) => row.home_node_name ?? '–' },
    { key: 'chance', title: t('chance', { days: products.data?.horizon_days ?? 30 }), render: (row) => <Chance chance={row.chance} most={most} /> },
    { key: 'why', title: t('why'), render: (row) => <Why reason={row.reason} /> },
  ];
  const options = (products.data?.items ?? []).map((one) => ({ value: one.product, label: one.name || one.product, buyers: one.buyers }));
  const test = products.data?.back_test;
  const choose = (next: Partial<typeof state>) => {
    setChosen([]);
    change({ after: '', ...next });
  };
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={products.data && <span className="small">{t('sub', { day: products.data.as_of, days: products.data.horizon_days })}</span>}
        actions={(
          <>
            <NodeSelect value={state.node} onChange={(node) => choose({ node })} />
            <Select aria-label={t('product')} placeholder={t('product')} className="grows" style={{ width: 260 }} value={product || undefined} options={options}
              showSearch={{ filterOption: false, onSearch: setTyped }} popupMatchSelectWidth={false} notFoundContent={t('noProduct')} loading={products.isFetching}
              optionRender={({ data }) => <span>{data.label} <span className="small dim">{data.value} · {t('buyers', { people: format.exact(data.buyers) })}</span></span>}
              onChange={(next: string) => { setTyped(''); choose({ product: next }); }} />
          </>
        )} />
      {products.error && <ErrorBox error={products.error} />}
      {products.data && products.data.items.length === 0 && typed === '' && !state.product
        ? <div className="card"><Empty title={t('none')}>{t('noneText')}</Empty></div>
        : (
          <div className="stack">
            <div className="row">
              <Segmented<Kind> size="small" aria-label={t('kind')} value={state.kind} onChange={(kind) => choose({ kind })}
                options={kinds.map((value) => ({ value, label: t(value === '' ? 'all' : value === 'repeat' ? 'bought' : 'related') }))} />
              {test && (
                <span className="small dim" data-testid="match-test">
                  {t('test', { cut: test.cut, people: format.exact(test.people), hit: format.ratio(test.hit_rate, 1), best: format.ratio(test.best_sellers, 1), habit: format.ratio(test.habits, 1) })}
                </span>
              )}
            </div>
            <div className="card">
              <ListTable<Person> name="matches" people query={query} columns={columns} rowKey={(row) => row.id}
                card={(row) => (
                  <div className="card-row">
                    <div className="row"><Link className="strong grow" to={`/customers/${row.id}`}>{row.name_masked || word('noName')}</Link><Chance chance={row.chance} most={most} /></div>
                    <div className="small dim">{[keysOf(row), row.home_node_name].filter(Boolean).join(' · ')}</div>
                    <div className="small"><Why reason={row.reason} /></div>
                  </div>
                )}
                onOpen={(row) => void navigate(`/customers/${row.id}`)} cursor={state.after} onCursor={(after) => change({ after })} size={state.size} onSize={(size) => choose({ size })}
                chosen={chosen} onChoose={setChosen}
                bar={chosen.length > 0 && (
                  <ChosenBar chosen={chosen} onClear={() => setChosen([])}>
                    {mayExport && <ExportButton size="small" name="customers.csv" href={exportAddress({ ids: chosen.join(',') })}>{word('export')}</ExportButton>}
                  </ChosenBar>
                )}
                empty={<Empty title={t('nobody')}>{t('nobodyText')}</Empty>} />
            </div>
          </div>
        )}
    </div>
  );
}

const keysOf = (row: Person): string => row.identities.map((one) => one.masked).filter(Boolean).slice(0, 2).join(' · ');
