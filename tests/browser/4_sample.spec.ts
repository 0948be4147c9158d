// A hundred people of the sample, picked at random: what the console shows, what the API answers and what is computed from
// the file alone (tools/reference) are the same. The suite loads the sample into a server of its own for this.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { address, expect, go, password, test } from './watch.ts';

interface Person { card: string; orders: number; net: number; last: string | null }
interface Value { orders: number; net_spend: { minor: number; currency: string }; last_order_at?: string | null }

const base = process.env['TILTH_SAMPLE_BASE'] ?? '';
const oneTime = process.env['TILTH_SAMPLE_ONE_TIME'] ?? '';
const picked = process.env['TILTH_SAMPLE_PICKED'] ?? '';
const headers = { 'X-Requested-By': 'tilth' };

const pounds = (minor: number): string =>
  `${minor < 0 ? '−' : ''}£${(Math.abs(minor) / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;
const london = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'short' });
const clock = (at: string | null | undefined): string => (at ? london.format(new Date(at)) : '–');

async function post<T>(page: Page, path: string, data: unknown): Promise<T> {
  const answer = await page.request.post(address(path, base), { headers, data });
  expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true);
  return (await answer.text()) === '' ? ({} as T) : ((await answer.json()) as T);
}

// The head of the customer page, label by label.
async function shown(page: Page): Promise<Record<string, string>> {
  return page.getByRole('region', { name: '消费与价值' }).evaluate((region) =>
    Object.fromEntries(Array.from(region.querySelectorAll('.strong'), (one) => [one.previousElementSibling?.textContent ?? '', one.textContent ?? ''])));
}

test('100 people picked at random agree in console, API and file', async ({ page }) => {
  test.setTimeout(240_000);
  const people = JSON.parse(readFileSync(picked, 'utf8')) as Person[];
  expect(people).toHaveLength(100);
  await post(page, '/api/v1/session', { login: 'admin', password: oneTime });
  await post(page, '/api/v1/me/password', { old_password: oneTime, new_password: password });
  await post(page, '/api/v1/session', { login: 'admin', password });
  await page.goto(address('/customers', base));
  // One by hand, as an operator does: the card number into the search field.
  const [first] = people;
  await page.getByRole('heading', { name: '客户', exact: true }).waitFor();
  await page.keyboard.press('/');
  await page.getByRole('combobox', { name: /搜索/ }).fill(first?.card ?? '');
  await page.getByRole('option').filter({ hasText: '*' }).first().waitFor();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers\/cus_/);
  const byHand = new URL(page.url()).pathname;
  const differing: unknown[] = [];
  for (const person of people) {
    const found = await post<{ items: { id: string }[] }>(page, '/api/v1/customers/search', { text: person.card });
    expect(found.items, `card ${person.card}`).toHaveLength(1);
    const id = found.items[0]?.id ?? '';
    if (person === first) expect(byHand).toBe(`/customers/${id}`);
    await go(page, `/customers/${id}`);
    const value = (await (await page.request.get(address(`/api/v1/customers/${id}/value`, base))).json()) as Value;
    const head = await shown(page);
    const three = {
      console: [head['订单数'], head['累计净消费'], head['最近购买']],
      api: [String(value.orders), pounds(value.net_spend.minor), clock(value.last_order_at)],
      file: [String(person.orders), pounds(person.net), person.last ?? '–'],
    };
    if (new Set(Object.values(three).map((one) => JSON.stringify(one))).size > 1) differing.push({ card: person.card, ...three });
  }
  expect(differing).toEqual([]);
});
