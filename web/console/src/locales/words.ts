// Chinese comes with the first bytes, but for the words of one page alone, which come with that page (routes.tsx);
// English comes when somebody asks for it. A new file in the folders is taken by itself.
type Words = Record<string, Record<string, unknown>>;
type File = { default: Record<string, unknown> };

const nameOf = (path: string): string => path.replace(/^.*\/([a-z-]+)\.json$/, '$1');
const named = (files: Record<string, File>): Words =>
  Object.fromEntries(Object.entries(files).map(([path, file]) => [nameOf(path), file.default]));

export const chinese: Words = named(import.meta.glob(
  ['./zh-CN/*.json', '!./zh-CN/{capture,cycles,definitions,exports,imports,leads,lifecycle,matches,models,open,org,results,sources,system,value}.json'], { eager: true }));

const later = import.meta.glob<File>(
  './zh-CN/{capture,cycles,definitions,exports,imports,leads,lifecycle,matches,models,open,org,results,sources,system,value}.json');

export type PageWords = 'capture' | 'cycles' | 'definitions' | 'exports' | 'imports' | 'leads' | 'lifecycle' | 'matches' | 'models' | 'open' | 'org' | 'results' | 'sources' | 'system' | 'value';

// The Chinese words that a page brings along.
export async function wordsOf(names: readonly PageWords[]): Promise<Words> {
  const wanted = Object.entries(later).filter(([path]) => (names as readonly string[]).includes(nameOf(path)));
  return named(Object.fromEntries(await Promise.all(wanted.map(async ([path, load]) => [path, await load()] as const))));
}

// All of them, for tests.
export async function allChinese(): Promise<Words> {
  return { ...chinese, ...(await wordsOf(Object.keys(later).map(nameOf) as PageWords[])) };
}

export async function english(): Promise<Words> {
  return (await import('./english.ts')).default;
}

export { named };
