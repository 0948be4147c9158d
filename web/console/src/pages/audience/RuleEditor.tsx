// One rule in two forms, rows and sentence, and beside it who it is about: the count follows the typing, a running
// count is given up by the next edit.
import { RedoOutlined, UndoOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiProblem } from 'api/client.ts';
import { Button, Segmented } from 'antd';
import { useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorBox, Loaded } from 'ui/states.tsx';
import { useViewer } from 'ui/viewer.tsx';
import { checkRule, previewRule, wordsQuery, type RuleInput } from './ask.ts';
import { Builder } from './Builder.tsx';
import { PreviewPanel } from './PreviewPanel.tsx';
import type { RuleForms, RuleProblem, RuleWords } from './replies.ts';
import { emptyGroup, partAt, step, toDraft, toRule, type Group, type History } from './rule.ts';
import { RuleText } from './RuleText.tsx';

const pause = 250;

interface Props {
  forms: RuleForms | undefined;
  // What can be saved now: a rule that the server has read and found good, else nothing.
  onRule: (input: RuleInput | undefined) => void;
}

export function RuleEditor(props: Props) {
  const words = useQuery(wordsQuery);
  return <Loaded query={words} rows={6}>{(known) => <Editor {...props} words={known} />}</Loaded>;
}

function useLatest<T>(value: T, wait: number): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return late;
}

// Fields of a refusal and of a check are the same thing.
function problemsOf(error: unknown): RuleProblem[] {
  return error instanceof ApiProblem && error.status === 422 ? error.errors.map((one) => ({ field: one.field, message: one.reason, remedy: one.remedy ?? '' })) : [];
}

function Editor({ forms, onRule, words }: Props & { words: RuleWords }) {
  const { t } = useTranslation('audience');
  const { language, phone } = useViewer();
  const chinese = language === 'zh-CN';
  const [mode, setMode] = useState<'rows' | 'text'>('rows');
  const [history, act] = useReducer(step, forms, (from): History => ({ now: from ? toDraft(from.rule) : emptyGroup(), past: [], future: [] }));
  const [text, setText] = useState('');
  const rule = useMemo(() => toRule(history.now), [history.now]);
  const input = useMemo<RuleInput | undefined>(
    () => (mode === 'text' ? (text.trim() ? { text } : undefined) : rule && { rule }), [mode, text, rule]);
  const settled = useLatest(input, pause);
  const preview = useQuery({
    queryKey: ['rules', 'preview', settled], enabled: settled !== undefined, staleTime: 5_000, retry: false,
    queryFn: ({ signal }) => previewRule(settled as RuleInput, signal), placeholderData: keepPreviousData,
  });
  const problems = settled === input ? problemsOf(preview.error) : [];
  const good = settled === input && input !== undefined && preview.data !== undefined && !preview.isPlaceholderData && !preview.error;
  const tell = useRef(onRule);
  tell.current = onRule;
  useEffect(() => tell.current(good ? input : undefined), [good, input]);

  const toText = async () => {
    setMode('text');
    if (!rule) return setText('');
    const { forms: read } = await checkRule({ rule });
    if (read) setText(chinese ? read.text_zh : read.text_en);
  };
  const toRows = async () => {
    if (text.trim()) {
      const { forms: read } = await checkRule({ text });
      // What cannot be read stays where it can be mended.
      if (!read) return;
      act({ do: 'set', to: toDraft(read.rule) });
    } else act({ do: 'set', to: emptyGroup() });
    setMode('rows');
  };
  const set = (to: Group) => act({ do: 'set', to });
  const sentence = good ? preview.data?.forms : undefined;
  return (
    <div className={phone ? 'stack' : 'builder'}>
      <section className="card builder-rule" aria-label={t('rule')}>
        <div className="row" style={{ padding: '10px 12px', borderBottom: '1px solid var(--line)' }}>
          <Segmented aria-label={t('form')} value={mode} onChange={(next) => void (next === 'text' ? toText() : toRows())}
            options={[{ value: 'rows', label: t('rows') }, { value: 'text', label: t('text') }]} />
          {mode === 'rows' && (
            <span className="row tight" style={{ marginLeft: 'auto' }}>
              <Button size="small" type="text" icon={<UndoOutlined />} aria-label={t('undo')} disabled={history.past.length === 0} onClick={() => act({ do: 'undo' })} />
              <Button size="small" type="text" icon={<RedoOutlined />} aria-label={t('redo')} disabled={history.future.length === 0} onClick={() => act({ do: 'redo' })} />
            </span>
          )}
        </div>
        <div style={{ padding: 12 }}>
          {mode === 'rows'
            ? <Builder draft={history.now} words={words} errors={rowErrors(history.now, problems)} onChange={set} />
            : <RuleText value={text} onChange={setText} problems={problems} />}
          {mode === 'rows' && sentence && (
            <div className="sentence small dim"><pre>{chinese ? sentence.text_zh : sentence.text_en}</pre></div>
          )}
        </div>
      </section>
      <aside>
        {preview.error && problems.length === 0 && <ErrorBox error={preview.error} retry={() => void preview.refetch()} />}
        <PreviewPanel preview={settled === undefined ? undefined : preview.data} busy={preview.isFetching || settled !== input} stale={!good} wrong={problems.length > 0} />
      </aside>
    </div>
  );
}

function rowErrors(draft: Group, problems: RuleProblem[]): Map<number, string> {
  const places = new Map<string, number>();
  toRule(draft, 'rule', places);
  const found = new Map<number, string>();
  for (const problem of problems) {
    const id = partAt(places, problem.field) ?? draft.id;
    found.set(id, [found.get(id), problem.message, problem.remedy].filter(Boolean).join(' · '));
  }
  return found;
}
