// Files of the workspace, for checks that read the sources.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const web = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export function filesIn(folder: string, wanted: RegExp): string[] {
  return readdirSync(join(web, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name) && !/node_modules|\/dist(\/|$)/.test(entry.parentPath))
    .map((entry) => relative(web, join(entry.parentPath, entry.name)));
}
