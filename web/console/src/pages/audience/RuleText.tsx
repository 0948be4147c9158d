// The sentence form, typed. What the server cannot read is marked from its first character on, and named below.
import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { excerpt } from './place.ts';
import type { RuleProblem } from './replies.ts';

interface Props { value: string; onChange: (text: string) => void; problems: RuleProblem[] }

export function RuleText({ value, onChange, problems }: Props) {
  const { t } = useTranslation('audience');
  return (
    <>
      <Input.TextArea aria-label={t('text')} value={value} maxLength={20_000} autoSize={{ minRows: 6, maxRows: 24 }} spellCheck={false} className="rule-text"
        placeholder={t('textPlaceholder')} status={problems.length > 0 ? 'error' : undefined} onChange={(event) => onChange(event.target.value)} />
      {problems.map((problem) => {
        const at = excerpt(value, problem.field);
        return (
          <div key={`${problem.field}${problem.message}`} role="alert" className="small rule-problem">
            {at && <div><span className="dim">{t('line', { line: at.line })}</span> <span className="mono">{at.before}<mark>{at.word || t('end')}</mark>{at.after}</span></div>}
            <div style={{ color: 'var(--error)' }}>{[problem.message, problem.remedy].filter(Boolean).join(' · ')}</div>
          </div>
        );
      })}
    </>
  );
}
