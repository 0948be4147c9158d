// The rule as rows: groups with "all" or "any" between their rows, conditions, each perhaps left out. Errors stand at the
// row they belong to.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Dropdown, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useViewer } from 'ui/viewer.tsx';
import { kindOf, kinds, LeafEditor, newLeaf } from './conditions.tsx';
import type { RuleWords } from './replies.ts';
import { change, emptyGroup, isGroup, move, newId, remove, type Draft, type Group } from './rule.ts';

const deepest = 3;

interface Props { draft: Group; words: RuleWords; errors: ReadonlyMap<number, string>; onChange: (next: Group) => void; readOnly?: boolean }

export function Builder({ draft, words, errors, onChange, readOnly }: Props) {
  const { phone } = useViewer();
  const tools: Tools = {
    words, errors, readOnly, phone,
    edit: (id, to) => onChange(change(draft, id, to)),
    drop: (id) => onChange(remove(draft, id)),
    move: (id, by) => onChange(move(draft, id, by)),
  };
  return <Rows group={draft} depth={1} tools={tools} />;
}

interface Tools {
  words: RuleWords;
  errors: ReadonlyMap<number, string>;
  readOnly: boolean | undefined;
  phone: boolean;
  edit: (id: number, to: (part: Draft) => Draft) => void;
  drop: (id: number) => void;
  move: (id: number, by: -1 | 1) => void;
}

function Rows({ group, depth, tools }: { group: Group; depth: number; tools: Tools }) {
  const { t } = useTranslation('audience');
  const add = (child: Draft) => tools.edit(group.id, (part) => (isGroup(part) ? { ...part, children: [...part.children, child] } : part));
  return (
    <div className={depth === 1 ? 'rule-group' : 'rule-group inner'} role="group" aria-label={t(`join.${group.join}`)}>
      <div className="row tight">
        <span className="small dim">{t('joinLabel')}</span>
        <Segmented size="small" aria-label={t('joinLabel')} value={group.join} disabled={tools.readOnly}
          onChange={(join) => tools.edit(group.id, (part) => (isGroup(part) ? { ...part, join } : part))}
          options={(['all', 'any'] as const).map((value) => ({ value, label: t(`join.${value}`) }))} />
        {depth > 1 && <RowTools part={group} tools={tools} />}
      </div>
      <ol>
        {group.children.map((part, index) => (
          <li key={part.id} className={tools.errors.has(part.id) ? 'wrong' : undefined}>
            {index > 0 && <span className="join small dim">{t(`word.${group.join}`)}</span>}
            {isGroup(part) ? <Rows group={part} depth={depth + 1} tools={tools} /> : (
              <div className="rule-row">
                <span className="small dim kind">{t(`kind.${kindOf(part.leaf)}`)}</span>
                <span className="row tight grow">
                  <LeafEditor value={part.leaf} words={tools.words} readOnly={tools.readOnly}
                    onChange={(leaf) => tools.edit(part.id, (one) => (isGroup(one) ? one : { ...one, leaf }))} />
                </span>
                <RowTools part={part} tools={tools} />
              </div>
            )}
            {tools.errors.has(part.id) && <div role="alert" className="small" style={{ color: 'var(--error)' }}>{tools.errors.get(part.id)}</div>}
          </li>
        ))}
      </ol>
      {!tools.readOnly && (
        <div className="row tight">
          <Dropdown trigger={['click']} menu={{
            items: kinds.map((kind) => ({ key: kind, label: t(`kind.${kind}`) })),
            onClick: ({ key }) => {
              const kind = kinds.find((one) => one === key);
              if (kind) add({ id: newId(), not: false, leaf: newLeaf(kind, tools.words) });
            },
          }}>
            <Button size="small" icon={<PlusOutlined />}>{t('addCondition')}</Button>
          </Dropdown>
          {depth < deepest && <Button size="small" type="link" onClick={() => add({ ...emptyGroup(), join: group.join === 'all' ? 'any' : 'all' })}>{t('addGroup')}</Button>}
        </div>
      )}
    </div>
  );
}

function RowTools({ part, tools }: { part: Draft; tools: Tools }) {
  const { t } = useTranslation('audience');
  if (tools.readOnly) return part.not ? <span className="small" style={{ color: 'var(--error)' }}>{t('not')}</span> : null;
  return (
    <span className="row tight tools">
      <Checkbox checked={part.not} onChange={(event) => tools.edit(part.id, (one) => ({ ...one, not: event.target.checked }))}>{t('not')}</Checkbox>
      {!tools.phone && <Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={t('up')} onClick={() => tools.move(part.id, -1)} />}
      {!tools.phone && <Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={t('down')} onClick={() => tools.move(part.id, 1)} />}
      <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('drop')} onClick={() => tools.drop(part.id)} />
    </span>
  );
}
