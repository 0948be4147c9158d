// A page brings along the Chinese words that are not in the first bytes: of each page, what its files and what they import
// use of those words is held against what routes.tsx names.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { web } from './sources.ts';

const source = join(web, 'console/src');
const wordsFile = readFileSync(join(source, 'locales/words.ts'), 'utf8');
const later = new Set([...(/export type PageWords = ([^;]+);/.exec(wordsFile)?.[1] ?? '').matchAll(/'([a-z]+)'/g)].map((one) => one[1] ?? ''));

function closure(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(\.[^']+)'/g)) closure(join(dirname(file), path), seen);
  return seen;
}

function used(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const named = [...text.matchAll(/useTranslation\(([^)]*)\)/g)].flatMap(([, inside = '']) => [...inside.matchAll(/'([a-z]+)'/g)]);
  const prefixed = [...text.matchAll(/['`]([a-z]+):[a-z]/gi)];
  return [...named, ...prefixed].map((one) => one[1] ?? '').filter((name) => later.has(name));
}

const entries = [...readFileSync(join(source, 'routes.tsx'), 'utf8').matchAll(/page\(\(\) => import\('(\.\/pages\/[^']+)'\)((?:, '[a-z]+')*)\)/g)];

test('some pages and some words', () => expect(entries.length > 20 && later.size > 3).toBe(true));

test.each(entries.map(([, path = '', words = '']) => ({ path, words: [...words.matchAll(/'([a-z]+)'/g)].map((one) => one[1] ?? '') })))(
  '$path', ({ path, words }) => {
    const files = closure(join(source, path));
    for (const file of files) {
      if (relative(source, file) === 'routes.tsx') continue;
      for (const name of used(file)) expect(words, `${relative(source, file)} uses ${name}`).toContain(name);
    }
  },
);

test('the shell itself uses none of them', () => {
  for (const file of closure(join(source, 'shell/Shell.tsx'))) {
    if (file.includes('/pages/') || relative(source, file) === 'routes.tsx') continue;
    expect(used(file), relative(source, file)).toEqual([]);
  }
});
