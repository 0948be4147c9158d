// Holds a build against budgets.json: what a browser fetches for the shell, and for the shell with a page, in brotli.
// A page's charts count too: they come right after it.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { web } from './sources.ts';

interface Chunk { file: string; src?: string; imports?: string[]; dynamicImports?: string[]; css?: string[]; isEntry?: boolean }
interface Budgets { shell: number; pages: Record<string, number>; ownChunk: number }

const dist = join(web, 'console/dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
const budgets = JSON.parse(readFileSync(join(web, 'budgets.json'), 'utf8')) as Budgets;

const sizeOf = (file: string): number => {
  try {
    return statSync(join(dist, `${file}.br`)).size;
  } catch {
    return statSync(join(dist, file)).size;
  }
};

function closure(key: string, files = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) closure(next, files);
  return files;
}

const kilobytes = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + sizeOf(file), 0) / 1024;
const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry) ?? 'index.html';
const shell = closure(entry);
const chart = Object.keys(manifest).find((key) => key.endsWith('ui/src/Chart.tsx'));

let failed = 0;
const hold = (name: string, size: number, limit: number) => {
  if (size > limit) failed += 1;
  console.log(`${size > limit ? 'OVER' : 'ok  '} ${size.toFixed(1).padStart(7)} of ${String(limit).padStart(4)} KB  ${name}`);
};

hold('shell', kilobytes(shell), budgets.shell);
for (const [page, limit] of Object.entries(budgets.pages)) {
  const files = closure(page, new Set(shell));
  if (limit > 500 && chart) closure(chart, files);
  hold(page, kilobytes(files), limit);
  const own = manifest[page];
  if (!own) throw new Error(`${page} is no chunk of the build`);
  hold(`${page}, its own chunk`, sizeOf(own.file) / 1024, budgets.ownChunk);
}
process.exit(failed ? 1 : 0);
