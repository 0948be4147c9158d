// Chinese comes with the first bytes, English when somebody asks for it. A new file in the folders is taken by itself.
type Words = Record<string, Record<string, unknown>>;

const named = (files: Record<string, { default: Record<string, unknown> }>): Words =>
  Object.fromEntries(
    Object.entries(files).map(([path, file]) => [path.replace(/^.*\/([a-z-]+)\.json$/, '$1'), file.default]),
  );

export const chinese: Words = named(import.meta.glob('./zh-CN/*.json', { eager: true }));

export async function english(): Promise<Words> {
  return (await import('./english.ts')).default;
}

export { named };
