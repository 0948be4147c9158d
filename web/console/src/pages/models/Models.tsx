// The models: what each says, how good it is beside a plain rule and a control that must find nothing, who is in it and
// why, and its publication as tags.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Card } from 'ui/Card.tsx';
import { PageHeader } from 'ui/PageHeader.tsx';
import { BusyBar, Empty, ErrorBox, Loaded } from 'ui/states.tsx';
import { Tag } from 'ui/Tag.tsx';
import { text, useUrlState } from 'ui/url-state.ts';
import { ViewTabs } from 'ui/ViewTabs.tsx';
import { useFormat, useMay } from 'ui/viewer.tsx';
import { useFresh } from '../audience/ask.ts';
import { modelPeopleQuery, modelsQuery, publishModel, runModel, runsQuery, type Model, type Report, type Run } from './ask.ts';

const schema = { model: text('churn', 40), part: text('', 60), after: text('', 100) };
const decimals = (value: number, places = 3) => value.toFixed(places);

export default function Models() {
  const { t } = useTranslation('models');
  const format = useFormat();
  const query = useQuery(modelsQuery);
  const [{ model }, change] = useUrlState(schema);
  return (
    <div className="page">
      <PageHeader title={t('title')} sub={<span className="small">{t('sub')}</span>} />
      <Loaded query={query} rows={8}>
        {({ items }) => {
          const open = items.find((one) => one.key === model) ?? items[0];
          if (!open) return null;
          return (
            <>
              <ViewTabs label={t('title')} value={open.key} onChange={(next) => change({ model: next, part: '', after: '' }, 'push')}
                options={items.toSorted((a, b) => Number(b.predictive) - Number(a.predictive)).map((one) => ({ value: one.key, label: format.pick(one.zh, one.en) }))} />
              <One key={open.key} model={open} />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function One({ model }: { model: Model }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const mayWrite = useMay('audience.write');
  const client = useQueryClient();
  const fresh = useFresh();
  const [horizon, setHorizon] = useState<number | null>(model.last?.result.horizon_days ?? model.horizon_days ?? null);
  const again = async () => {
    await client.invalidateQueries({ queryKey: ['models'] });
    await fresh();
  };
  const run = useMutation({ mutationFn: () => runModel(model.key, model.predictive ? (horizon ?? undefined) : undefined), onSuccess: again });
  const publish = useMutation({ mutationFn: () => publishModel(model.key), onSuccess: again });
  const { last } = model;
  return (
    <div className="stack">
      <Card title={format.pick(model.zh, model.en)} extra={(
        <span className="row tight">
          {mayWrite && model.predictive && <InputNumber aria-label={t('horizon')} min={7} max={365} value={horizon} suffix={t('days')} style={{ width: 120 }} onChange={setHorizon} />}
          {mayWrite && <Button loading={run.isPending} onClick={() => run.mutate()}>{t('run')}</Button>}
          {mayWrite && <Button type="primary" disabled={!last} loading={publish.isPending} onClick={() => publish.mutate()}>{t('publish')}</Button>}
        </span>
      )}>
        <p className="dim">{format.pick(model.how_zh, model.how_en)}</p>
        {(run.error ?? publish.error) && <ErrorBox error={run.error ?? publish.error} />}
        {publish.data && <p className="small" role="status">{t('published', { put: format.exact(publish.data.published.put), taken: format.exact(publish.data.published.taken) })}</p>}
        {!last && <Empty title={t('never')}>{t('neverText')}</Empty>}
        {last && <Said run={last} />}
      </Card>
      {last?.result.report && <Quality report={last.result.report} />}
      {last && <People model={model} run={last} />}
      {last && <Runs model={model.key} />}
    </div>
  );
}

function Said({ run }: { run: Run }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const [{ part }, change] = useUrlState(schema);
  return (
    <>
      <p className="small dim">
        {t('runOf', { number: run.number, version: run.version, time: format.dateTime(run.at), asOf: format.dateTime(run.result.as_of), print: run.fingerprint })}{' '}
        {run.published_at ? <Tag tone="active">{t('isPublished', { time: format.dateTime(run.published_at) })}</Tag> : <Tag>{t('notPublished')}</Tag>}
      </p>
      <div className="row" role="group" aria-label={t('parts')}>
        {run.result.parts.map((one) => (
          <Button key={one.name} size="small" type={one.name === part ? 'primary' : 'default'} aria-pressed={one.name === part}
            onClick={() => change({ part: one.name === part ? '' : one.name, after: '' })}>
            {one.name} {format.exact(one.people)}
          </Button>
        ))}
      </div>
    </>
  );
}

function Quality({ report }: { report: Report }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const figures = [
    { key: 'auc', value: decimals(report.auc), note: t('aucNote', { people: format.exact(report.test_people), share: format.ratio(report.test_positive / Math.max(1, report.test_people)) }) },
    { key: 'recency', value: decimals(report.auc_recency), note: t('recencyNote', { by: `${report.better_by >= 0 ? '+' : '−'}${decimals(Math.abs(report.better_by))}` }) },
    { key: 'shuffled', value: decimals(report.auc_shuffled), note: t('shuffledNote') },
    { key: 'gap', value: format.ratio(report.calibration_gap), note: t('gapNote', { brier: decimals(report.brier) }) },
  ] as const;
  const heaviest = report.weights.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const most = Math.max(...heaviest.map((one) => Math.abs(one.weight)), 1e-9);
  return (
    <>
      <div className="metrics">
        {figures.map((one) => (
          <section key={one.key} className="card metric" style={{ minHeight: 0 }} aria-label={t(`figure.${one.key}`)}>
            <div>{t(`figure.${one.key}`)}</div>
            <div className="figure num" data-testid={`figure-${one.key}`}>{one.value}</div>
            <div className="below">{one.note}</div>
          </section>
        ))}
      </div>
      <Card title={t('calibration')} flush>
        <div className="scroll-x">
          <table className="plain">
            <thead><tr><th>{t('tenth')}</th><th className="num">{t('peopleColumn')}</th><th className="num">{t('predicted')}</th><th className="num">{t('observed')}</th><th style={{ width: '40%' }}>{t('predictedAndObserved')}</th></tr></thead>
            <tbody>
              {report.bins.map((bin, index) => (
                <tr key={index}>
                  <td>{index + 1}</td><td className="num">{format.exact(bin.people)}</td><td className="num">{format.ratio(bin.predicted)}</td><td className="num">{format.ratio(bin.observed)}</td>
                  <td aria-label={`${format.ratio(bin.predicted)} · ${format.ratio(bin.observed)}`}><div className="bar" style={{ width: `${String(bin.predicted * 100)}%`, opacity: 0.45 }} /><div className="bar" style={{ width: `${String(bin.observed * 100)}%`, marginTop: 2 }} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
      <Card title={t('weights')} flush>
        <div className="scroll-x">
          <table className="plain">
            <thead><tr><th>{t('feature')}</th><th className="num">{t('weight')}</th><th style={{ width: '50%' }}>{t('direction')}</th></tr></thead>
            <tbody>
              {heaviest.map((one) => (
                <tr key={one.key}>
                  <td>{format.pick(one.zh, one.en)}</td><td className="num">{decimals(one.weight, 2)}</td>
                  <td><span className="small dim">{one.weight >= 0 ? t('likelier') : t('lessLikely')}</span><div className="bar" style={{ width: `${String((Math.abs(one.weight) / most) * 100)}%` }} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </>
  );
}

function People({ model, run }: { model: Model; run: Run }) {
  const { t } = useTranslation('models');
  const { t: word } = useTranslation('customers');
  const format = useFormat();
  const [{ part, after }, change] = useUrlState(schema);
  const query = useQuery({ ...modelPeopleQuery(model.key, part, after, run.number), placeholderData: keepPreviousData });
  return (
    <Card title={part ? t('peopleOf', { part }) : t('everybody')} flush>
      <BusyBar on={query.isFetching} />
      <Loaded query={query} rows={6}>
        {({ items, next, total }) => (
          <>
            <div className="scroll-x">
              <table className="plain">
                <thead><tr><th>{word('column.customer')}</th><th>{t('part')}</th>{model.predictive && <><th className="num">{t('probability')}</th><th>{t('factors')}</th></>}</tr></thead>
                <tbody>
                  {items.map((one) => (
                    <tr key={one.person.id}>
                      <td><Link to={`/customers/${one.person.id}`}>{one.person.name_masked || one.person.identities.map((key) => key.masked).filter(Boolean)[0] || word('noName')}</Link></td>
                      <td>{one.part}</td>
                      {model.predictive && (
                        <>
                          <td className="num">{format.ratio(one.probability)}</td>
                          <td className="small">{one.factors.map((factor) => `${format.pick(factor.zh, factor.en)} ${format.exact(factor.fact, Number.isInteger(factor.fact) ? 0 : 1)} ${factor.contribution >= 0 ? '↑' : '↓'}`).join(' · ')}</td>
                        </>
                      )}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <div className="list-foot">
              <span className="small dim">{t('total', { count: total.value, shown: format.exact(total.value) })}</span>
              <div className="pages">
                <Button size="small" disabled={!after} onClick={() => change({ after: '' })}>{t('firstPage')}</Button>
                <Button size="small" disabled={!next} onClick={() => next && change({ after: next }, 'push')}>{word('people.next')}</Button>
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Runs({ model }: { model: string }) {
  const { t } = useTranslation('models');
  const format = useFormat();
  const query = useQuery(runsQuery(model));
  return (
    <Card title={t('runs')} flush>
      <Loaded query={query} rows={3}>
        {({ items }) => (
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th className="num">{t('number')}</th><th>{t('time')}</th><th className="num">{t('version')}</th><th className="num">{t('peopleColumn')}</th><th className="num">AUC</th><th>{t('print')}</th><th>{t('isPublishedColumn')}</th></tr></thead>
              <tbody>
                {items.map((one) => (
                  <tr key={one.number}>
                    <td className="num">{one.number}</td><td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(one.at)}</td><td className="num">{one.version}</td><td className="num">{format.exact(one.people)}</td>
                    <td className="num">{one.result.report ? decimals(one.result.report.auc) : '–'}</td><td className="mono small">{one.fingerprint}</td><td>{one.published_at ? format.dateTime(one.published_at) : '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Card>
  );
}
