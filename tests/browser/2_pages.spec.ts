// Every page, light and dark: no accessibility fault, nothing wider than a phone.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { expect, go, signIn, test } from './watch.ts';

// Evaluated, not loaded: the content policy lets no script of another origin in.
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const fixed = [
  '/today', '/results', '/overview', '/stores', '/metric', '/metric/M-01', '/start', '/customers', '/conflicts', '/conflicts?state=decided', '/requests',
  '/identity-rules', '/segments', '/segments/new', '/tags', '/lifecycle', '/lifecycle?tab=flow', '/lifecycle/new', '/lifecycle?of=funnels', '/rfm', '/rfm?tab=migration', '/exports', '/requests?tab=retention', '/orders', '/imports', '/reconcile', '/sources', '/sources?tab=keys', '/organisation', '/roles', '/audit',
  '/settings', '/system', '/system?tab=jobs', '/nowhere',
];
const tabs = ['profile', 'timeline', 'orders', 'identities', 'links', 'audience', 'consents', 'log'];

// Also one of each kind of object, whichever comes first.
async function every(page: Page): Promise<string[]> {
  const first = async (list: string): Promise<string> => {
    const answer = (await (await page.request.get(`/api/v1/${list}`)).json()) as { items: { id: string }[] };
    return answer.items[0]?.id ?? '';
  };
  const customer = await first('customers?limit=1');
  const segment = (await first('segments')) || await someSegment(page);
  return [
    ...fixed, ...tabs.map((tab) => `/customers/${customer}?tab=${tab}`), `/orders/${await first('orders?limit=1')}`,
    `/imports/${await first('imports')}`, `/stores/${await first('org/nodes')}`,
    ...['', '/edit', '?tab=changes', '?tab=sizes'].map((rest) => `/segments/${segment}${rest}`),
  ];
}

async function someSegment(page: Page): Promise<string> {
  const rule = { any: [{ count: { type: 'order.paid' }, window: { last: 60, unit: 'day' }, op: 'ge', value: 2 }, { not: { attribute: 'customer.member', op: 'eq', value: true } }] };
  const answer = await page.request.post('/api/v1/segments', { headers: { 'X-Requested-By': 'tilth' }, data: { name: '买过两次或非会员', rule } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return ((await answer.json()) as { id: string }).id;
}
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
    for (const route of await every(page)) {
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

test('nothing is wider than the window, on a desk or a phone', async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page);
  await page.goto('/start');
  const routes = await every(page);
  const wide: string[] = [];
  for (const width of [1440, 390, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const route of routes) {
      await go(page, route);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      const main = await page.evaluate(() => {
        const box = document.getElementById('main');
        return box ? box.scrollWidth - box.clientWidth : 0;
      });
      if (over !== 0 || main !== 0) wide.push(`${route} at ${width}: ${over}, ${main}`);
    }
  }
  expect(wide).toEqual([]);
});
