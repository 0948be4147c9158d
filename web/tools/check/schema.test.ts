import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { web } from './sources.ts';

test('schema.d.ts is what openapi.json says (npm run types)', () => {
  const made = join(mkdtempSync(join(tmpdir(), 'tilth-schema-')), 'schema.d.ts');
  const tool = join(web, 'tools/openapi/node_modules/openapi-typescript/bin/cli.js');
  execFileSync(process.execPath, [tool, join(web, 'api/openapi.json'), '-o', made], { cwd: join(web, 'tools/openapi'), stdio: 'pipe' });
  expect(readFileSync(made, 'utf8')).toBe(readFileSync(join(web, 'api/schema.d.ts'), 'utf8'));
}, 30_000);
