// What must never happen on any page: an error in the console, a broken content policy, a request that fails, a phone
// number in an address or in storage. The stories share one profile of the browser, signed out and with empty storage at
// the start of each: as on somebody's machine, the files of the console are fetched once.
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';

export const password = 'browser-suite-81';
const someonesPhone = /1[3-9]\d{9}/;
const settling = 30_000;

function watch(page: Page, wrong: string[]): void {
  page.on('console', (message) => {
    // The browser itself prints refused requests; tests that expect a refusal look at it on the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) wrong.push(message.text());
    if (message.type() === 'warning' && /Content Security Policy|deprecated|React/.test(message.text())) wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    if (someonesPhone.test(request.url())) wrong.push(`a phone number in ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) wrong.push(`${response.status()} ${response.url()}`);
  });
  page.on('framenavigated', (frame) => {
    if (someonesPhone.test(frame.url())) wrong.push(`a phone number in the address ${frame.url()}`);
  });
}

export const test = base.extend<object, { profile: BrowserContext }>({
  profile: [async ({ browser }, use) => {
    const profile = await browser.newContext({ locale: 'zh-CN', timezoneId: 'America/New_York', viewport: { width: 1440, height: 900 } });
    await use(profile);
    await profile.close();
  }, { scope: 'worker' }],
  context: async ({ profile }, use) => {
    await profile.clearCookies();
    await use(profile);
  },
  page: async ({ context, baseURL }, use, info) => {
    const page = await context.newPage();
    const wrong: string[] = [];
    watch(page, wrong);
    await use(page);
    if (info.status !== info.expectedStatus) {
      await info.attach('screenshot', { body: await page.screenshot(), contentType: 'image/png' });
      console.log(`    at ${page.url()}; wrong so far: ${wrong.join(' · ') || '-'}\n${await page.locator('body').innerText().catch(() => '')}`);
    }
    const stored = await page.evaluate(() => {
      const all = JSON.stringify({ ...localStorage, ...sessionStorage });
      localStorage.clear();
      return all;
    }).catch(() => '');
    if (someonesPhone.test(stored)) wrong.push(`a phone number in the storage of ${baseURL}`);
    await page.close();
    expect(wrong).toEqual([]);
  },
});

export const address = (path: string, base = process.env['TILTH_BASE'] ?? 'http://127.0.0.1:8686'): string => new URL(path, base).href;

export async function signIn(page: Page, base?: string): Promise<void> {
  const answer = await page.request.post(address('/api/v1/session', base), { headers: { 'X-Requested-By': 'tilth' }, data: { login: 'admin', password } });
  expect(answer.status(), await answer.text()).toBe(200);
}

// Until the page says what it is and nothing in it is on its way.
export async function settled(page: Page): Promise<void> {
  await page.locator('#main h1, #main .state').first().waitFor();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0, { timeout: settling });
}

// To another page of the console without loading it again.
export async function go(page: Page, to: string): Promise<void> {
  const at = await page.evaluate((where) => {
    history.pushState({}, '', where);
    window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));
    return window.location.pathname + window.location.search;
  }, to);
  await page.waitForFunction((wanted) => document.getElementById('main')?.dataset['at'] === wanted, at, { timeout: settling });
  await settled(page);
}

export { expect };
