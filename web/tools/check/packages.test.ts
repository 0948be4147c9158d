import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { web } from './sources.ts';

interface Lock { packages: Record<string, { version?: string; resolved?: string; integrity?: string }> }
const lock = JSON.parse(readFileSync(join(web, 'package-lock.json'), 'utf8')) as Lock;

test.each(['react', 'react-dom', 'antd', 'i18next', 'dayjs'])('there is one copy of %s', (name) => {
  expect(Object.keys(lock.packages).filter((path) => path.endsWith(`node_modules/${name}`))).toEqual([`node_modules/${name}`]);
});

test('the lockfile names no registry and has a hash for every package', () => {
  for (const [path, one] of Object.entries(lock.packages)) {
    if (!path.startsWith('node_modules/') || !one.integrity) continue;
    expect(one.resolved, path).toBeUndefined();
  }
  expect(Object.values(lock.packages).filter((one) => one.integrity).length).toBeGreaterThan(100);
});

test('versions are exact', () => {
  for (const folder of ['.', 'api', 'ui', 'console', 'tools/openapi']) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(web, folder, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
