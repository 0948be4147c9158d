import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { ApiProblem } from 'api/client.ts';
import { MemoryRouter } from 'react-router';
import { beforeEach, expect, test, vi } from 'vitest';
import { Frame } from '../../../../tests/frame.tsx';
import type { RuleWords } from './replies.ts';
import type { Rule } from './types.ts';

const words: RuleWords = {
  attributes: [
    { key: 'orders.net', zh: '累计消费', en: 'net spend', type: 'number', decimals: 2, values: [], ops: ['eq', 'ge'] },
    { key: 'known', zh: '已识别', en: 'known', type: 'flag', decimals: 0, values: [], ops: ['eq'] },
  ],
  properties: [], event_types: [{ type: 'order.paid', zh: '支付', en: 'paid' }],
  operators: [{ code: 'eq', zh: '=', en: '=' }, { code: 'ge', zh: '≥', en: '≥' }],
  measures: [], window_kinds: [], units: [{ code: 'day', zh: '天', en: 'days' }], tags: [], segments: [], stages: [], orgs: [],
};
const { previewRule, checkRule } = vi.hoisted(() => ({ previewRule: vi.fn(), checkRule: vi.fn() }));
vi.mock('./ask.ts', () => ({ wordsQuery: { queryKey: ['words'], queryFn: () => words }, previewRule, checkRule }));
const { RuleEditor } = await import('./RuleEditor.tsx');

const preview = (rule: Rule) => ({
  people: 1234, known: 1000, of_people: 5000, reachable: [], sample: [], took_ms: 3, at: '2026-03-01T00:00:00Z', forms: { rule, text_zh: '累计消费 >= 5000', text_en: 'net spend >= 5000' },
});

function show(rule?: Rule) {
  const onRule = vi.fn();
  const forms = rule && { rule, text_zh: '累计消费 >= 5000', text_en: 'net spend >= 5000' };
  render(
    <Frame><QueryClientProvider client={new QueryClient()}><MemoryRouter><RuleEditor forms={forms} onRule={onRule} /></MemoryRouter></QueryClientProvider></Frame>,
  );
  return onRule;
}

const rich: Rule = { attribute: 'orders.net', op: 'ge', value: 5000 };
beforeEach(() => {
  previewRule.mockReset().mockImplementation((input: { rule: Rule }) => Promise.resolve(preview(input.rule)));
  checkRule.mockReset().mockResolvedValue({ valid: true, forms: preview(rich).forms, cost: 1, errors: [] });
});

test('what is typed is counted, and may be saved once the answer is there', async () => {
  const onRule = show(rich);
  await screen.findByText('1,234 人');
  expect(onRule).toHaveBeenLastCalledWith({ rule: rich });
  fireEvent.change(screen.getByRole('textbox', { name: '值' }), { target: { value: '199.50' } });
  expect(onRule).toHaveBeenLastCalledWith(undefined);
  await waitFor(() => expect(onRule).toHaveBeenLastCalledWith({ rule: { ...rich, value: { number: 1995, decimals: 1 } } }));
  fireEvent.click(screen.getByRole('button', { name: '撤销' }));
  await waitFor(() => expect(onRule).toHaveBeenLastCalledWith({ rule: rich }));
});

test('a refusal stands at its row', async () => {
  previewRule.mockRejectedValue(new ApiProblem(422, { title: '规则有误', errors: [{ field: 'rule/all/1/value', rule: 'type', reason: '此处应为数字', remedy: '改写此处' }] }));
  const onRule = show({ all: [{ attribute: 'known', op: 'eq', value: true }, rich] });
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toBe('此处应为数字 · 改写此处');
  expect(alert.closest('li')?.textContent).toContain('累计消费');
  expect(onRule).toHaveBeenLastCalledWith(undefined);
});

test('the sentence and back', async () => {
  show(rich);
  await screen.findByText('1,234 人');
  fireEvent.click(screen.getByRole('radio', { name: '句子' }));
  await waitFor(() => expect((screen.getByRole('textbox', { name: '句子' }) as HTMLTextAreaElement).value).toBe('累计消费 >= 5000'));
  checkRule.mockResolvedValue({ valid: false, cost: 0, errors: [] });
  fireEvent.click(screen.getByRole('radio', { name: '条件' }));
  await waitFor(() => expect(checkRule).toHaveBeenLastCalledWith({ text: '累计消费 >= 5000' }));
  // What cannot be read stays where it can be mended.
  expect(screen.getByRole('textbox', { name: '句子' })).toBeTruthy();
});
