// What must never happen on any page: an error in the console, a broken content policy, a request that fails, a phone
// number in an address or in storage.
import { expect, test as base, type Page } from '@playwright/test';

export const password = 'browser-suite-81';
const someonesPhone = /1[3-9]\d{9}/;

export const test = base.extend<{ watched: string[] }>({
  watched: [async ({ page }, use) => {
    const wrong: string[] = [];
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
    await use(wrong);
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage })).catch(() => '');
    if (someonesPhone.test(stored)) wrong.push('a phone number in storage');
    expect(wrong).toEqual([]);
  }, { auto: true }],
});

export async function signIn(page: Page): Promise<void> {
  const answer = await page.request.post('/api/v1/session', { headers: { 'X-Requested-By': 'tilth' }, data: { login: 'admin', password } });
  expect(answer.status()).toBe(200);
}

// To another page of the console without loading it again.
export async function go(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState({}, '', to);
    window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));
  }, address);
  await page.locator('#main h1, #main .state').first().waitFor();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0, { timeout: 30_000 });
}

export { expect };
