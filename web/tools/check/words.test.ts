import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesIn, web } from './sources.ts';

const cjk = /[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/;

const sources = ['ui/src', 'console/src', 'api'].flatMap((folder) => filesIn(folder, /\.(ts|tsx|css|html)$/))
  .filter((path) => !/\.test\.tsx?$|schema\.d\.ts$/.test(path));

test('sources are found', () => expect(sources.length).toBeGreaterThan(80));

test('words of the surface stand in locales only', () => {
  const wrong = sources.flatMap((path) =>
    readFileSync(join(web, path), 'utf8').split('\n').flatMap((line, index) => (cjk.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])));
  expect(wrong).toEqual([]);
});

test('nothing of the surface needs a secure context or keeps a clear value', () => {
  const wrong = sources.filter((path) => /crypto\.(randomUUID|subtle)|navigator\.locks|serviceWorker/.test(readFileSync(join(web, path), 'utf8')));
  // The client says in a comment why it does without.
  expect(wrong.filter((path) => path !== 'api/client.ts')).toEqual([]);
});

test('pages never import each other\'s pages through a barrel, and ui knows no page', () => {
  const wrong = filesIn('ui/src', /\.(ts|tsx)$/).filter((path) => /from '(\.\.\/)+console|from 'console/.test(readFileSync(join(web, path), 'utf8')));
  expect(wrong).toEqual([]);
  expect(filesIn('ui/src', /^index\.tsx?$/)).toEqual([]);
});
