// What a change would move: for everything one sees, then for each part right below; computed, not written.
import type { DefinitionPreview, MovedFigure } from 'api/contract.ts';
import { useTranslation } from 'react-i18next';
import { Change, exactText } from 'ui/MetricCard.tsx';
import { BusyBar, Skeleton } from 'ui/states.tsx';
import { useFormat, useViewer } from 'ui/viewer.tsx';

export function Preview({ preview, waiting }: { preview: DefinitionPreview | undefined; waiting: boolean }) {
  const { t } = useTranslation('definitions');
  const format = useFormat();
  const { phone } = useViewer();
  if (!preview) return <div className="preview" aria-busy="true"><Skeleton rows={3} /></div>;
  return (
    <section className="preview scroll-x" aria-label={t('preview')} aria-busy={waiting} data-moved={preview.moved}>
      <BusyBar on={waiting} />
      <p className="small" style={{ margin: '4px 0' }}>
        {preview.moved === 0 && preview.classes.length === 0
          ? t('nothing', { from: format.day(preview.from), to: format.day(preview.to), count: preview.looked_at })
          : t('some', { from: format.day(preview.from), to: format.day(preview.to), moved: preview.moved, count: preview.looked_at })}
      </p>
      {phone && preview.parts.map((part) => (
        <div key={part.node ?? ''}>
          <h3 className="small strong" style={{ margin: '8px 0 0' }}>{part.node ? part.name : t('whole', { name: part.name })}</h3>
          <ul className="cards">{part.figures.map((figure) => <li key={`${figure.id}${figure.variant ?? ''}`}><FigureCard figure={figure} /></li>)}</ul>
        </div>
      ))}
      {!phone && preview.parts.length > 0 && (
        <table className="plain">
          <thead><tr><th>{t('part')}</th><th>{t('metric')}</th><th className="num">{t('before')}</th><th className="num">{t('after')}</th><th className="num">{t('difference')}</th></tr></thead>
          <tbody>
            {preview.parts.map((part) => part.figures.map((figure, index) => (
              <tr key={`${part.node ?? ''}${figure.id}${figure.variant ?? ''}`}>
                {index === 0 && <th scope="rowgroup" rowSpan={part.figures.length} style={{ verticalAlign: 'top' }}>{part.node ? part.name : t('whole', { name: part.name })}</th>}
                <Cells figure={figure} />
              </tr>
            )))}
          </tbody>
        </table>
      )}
      {preview.classes.length > 0 && (
        <table className="plain">
          <thead><tr><th>{t('class')}</th><th className="num">{t('before')}</th><th className="num">{t('after')}</th><th className="num">{t('difference')}</th></tr></thead>
          <tbody>
            {preview.classes.map((one) => (
              <tr key={one.rfm_class}>
                <td>{format.pick(one.name_zh, one.name_en)}</td><td className="num">{format.exact(one.before)}</td>
                <td className="num strong">{format.exact(one.after)}</td><td className="num">{signed(one.after - one.before, format.exact)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {preview.parts_left_out > 0 && <p className="small dim">{t('leftOut', { count: preview.parts_left_out })}</p>}
    </section>
  );
}

const signed = (value: number, text: (value: number) => string): string => (value > 0 ? `+${text(value)}` : text(value));

function Cells({ figure }: { figure: MovedFigure }) {
  const format = useFormat();
  return (
    <>
      <td>{format.pick(figure.name_zh, figure.name_en)}</td>
      <td className="num">{exactText(format, figure, figure.before)}</td>
      <td className="num strong">{exactText(format, figure, figure.after)}</td>
      <td className="num"><Change metric={{ unit: figure.unit, value: figure.after, previous: figure.before }} /></td>
    </>
  );
}

function FigureCard({ figure }: { figure: MovedFigure }) {
  const format = useFormat();
  return (
    <div className="card-row">
      <span className="top"><span className="grow">{format.pick(figure.name_zh, figure.name_en)}</span><Change metric={{ unit: figure.unit, value: figure.after, previous: figure.before }} /></span>
      <span className="below">{exactText(format, figure, figure.before)} → <b>{exactText(format, figure, figure.after)}</b></span>
    </div>
  );
}
