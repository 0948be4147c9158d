// Every page, light and dark: no accessibility fault, nothing wider than a phone.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, go, signIn, test } from './watch.ts';

// Evaluated, not loaded: the content policy lets no script of another origin in.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const routes = [
  '/today', '/overview', '/metric', '/metric/M-01', '/start', '/customers', '/rfm', '/orders', '/imports', '/sources',
  '/sources?tab=keys', '/organisation', '/roles', '/audit', '/settings', '/system', '/system?tab=jobs', '/nowhere',
];
// Two faults of Ant Design's own.
const notOurs = ['.ant-table-measure-row', '.ant-tabs-nav'];

interface Fault { id: string; impact: string | null; nodes: { target: string[]; failureSummary?: string }[] }
interface Axe { run: (context: unknown, options: unknown) => Promise<{ violations: Fault[] }> }

for (const scheme of ['light', 'dark'] as const) {
  test(`pages are accessible, ${scheme}`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await signIn(page);
    await page.goto('/start');
    await page.evaluate(axe);
    const faults: string[] = [];
    for (const route of routes) {
      await go(page, route);
      // Colours are judged when they have arrived.
      await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getComputedTiming().iterations === Infinity));
      const violations = await page.evaluate(async (exclude) => {
        const { violations } = await (window as unknown as { axe: Axe }).axe.run({ exclude: exclude.map((one) => [one]) }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa'] });
        return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${(node.failureSummary ?? '').split('\n')[1] ?? ''}`).join(' | ')}`);
      }, notOurs);
      faults.push(...violations.map((one) => `${route} ${one}`));
    }
    expect(faults).toEqual([]);
  });
}

test('nothing is wider than a phone', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page);
  await page.goto('/start');
  for (const width of [390, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const route of routes) {
      await go(page, route);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      const main = await page.evaluate(() => {
        const box = document.getElementById('main');
        return box ? box.scrollWidth - box.clientWidth : 0;
      });
      expect([over, main], `${route} at ${width}`).toEqual([0, 0]);
    }
  }
});
