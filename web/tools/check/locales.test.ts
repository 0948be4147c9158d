import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesIn, web } from './sources.ts';

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') found.set(prefix + key, value);
    else for (const [below, text] of leaves(value, `${prefix}${key}.`)) found.set(below, text);
  }
  return found;
}

const read = (path: string) => leaves(JSON.parse(readFileSync(join(web, path), 'utf8')) as Tree);
const plural = /_(one|other)$/;
const named = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name ?? '').toSorted();

const pairs = [
  ['ui/src/locales/zh-CN.json', 'ui/src/locales/en-US.json'],
  ...filesIn('console/src/locales/zh-CN', /\.json$/).map((path) => [path, path.replace('zh-CN', 'en-US')]),
] as [string, string][];

test('there is an English file for every Chinese one and the other way round', () => {
  expect(filesIn('console/src/locales/en-US', /\.json$/).map((path) => path.replace('en-US', 'zh-CN')).toSorted())
    .toEqual(filesIn('console/src/locales/zh-CN', /\.json$/).toSorted());
});

test.each(pairs)('%s: the keys and the named values are the same', (zhPath, enPath) => {
  const zh = read(zhPath);
  const en = read(enPath);
  expect(new Set([...en.keys()].map((key) => key.replace(plural, '')))).toEqual(new Set(zh.keys()));
  for (const [key, text] of en) {
    const chinese = zh.get(key.replace(plural, '')) ?? '';
    // An English plural may leave the count out where it shows the printed number.
    expect(named(chinese).filter((name) => name !== 'count'), key).toEqual(named(text).filter((name) => name !== 'count'));
    expect(text.trim(), key).not.toBe('');
    if (plural.test(key)) {
      const other = key.replace(plural, key.endsWith('_one') ? '_other' : '_one');
      expect(en.has(other), `${key} needs ${other}`).toBe(true);
    }
  }
});

test('Chinese is Chinese and English has none of it', () => {
  const han = /[\u3400-\u9fff]/;
  for (const [zhPath, enPath] of pairs) for (const [key, text] of read(enPath)) expect(han.test(text), `${enPath} ${key} (${zhPath})`).toBe(false);
});
