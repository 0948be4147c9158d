// From numbers to people and what is done with them: the time line, cells of the matrix, files, chosen rows, saved views,
// the way back. Stands on the data of 1_spine.
import { readFileSync } from 'node:fs';
import { people, phone } from './orders.ts';
import { expect, go, settled, signIn, test } from './watch.ts';

async function idOf(page: Parameters<typeof signIn>[0], text: string): Promise<string> {
  const answer = await page.request.post('/api/v1/customers/search', { headers: { 'X-Requested-By': 'tilth' }, data: { text } });
  return ((await answer.json()) as { items: { id: string }[] }).items[0]?.id ?? '';
}

test('one person in one order of time, by kind', async ({ page }) => {
  await signIn(page);
  await page.goto(`/customers/${await idOf(page, phone(0))}?tab=timeline`);
  await settled(page);
  const line = page.locator('.timeline .line');
  await expect(line.filter({ hasText: 'C5000' })).toContainText('退货');
  await expect(line.filter({ hasText: 'S5000' })).toContainText('销售');
  const titles = await line.getByRole('link').allTextContents();
  expect(titles.indexOf('C5000')).toBeLessThan(titles.indexOf('S5000'));
  await page.getByRole('radio', { name: '行为' }).dispatchEvent('click');
  await expect(page.getByText('还没有记录')).toBeVisible();
  await expect(page).toHaveURL(/show=event/);
  await page.goto(`/customers/${await idOf(page, phone(5))}?tab=timeline&show=identity`);
  await settled(page);
  await expect(line).toHaveCount(2);
  await expect(line.first()).toContainText('拆分');
  await expect(line.last()).toContainText('人工合并');
});

test('every tile of the matrix opens as many people as it says', async ({ page }) => {
  await signIn(page);
  await page.goto('/rfm');
  await settled(page);
  const tiles = page.locator('td a[href*="people=x"]');
  const addresses = await tiles.evaluateAll((links) => links.map((link) => [link.getAttribute('href') ?? '', link.getAttribute('title') ?? '']));
  expect(addresses.length).toBeGreaterThan(3);
  for (const [address = '', count = ''] of addresses) {
    await go(page, address);
    await expect(page.getByTestId('people-count'), address).toHaveAttribute('data-count', count);
  }
});

// Between the head and the last line, which says who took the file and when.
const peopleIn = (text: string): number => {
  const lines = text.trim().split('\n');
  expect(lines.at(-1)).toContain('exp_');
  return lines.length - 2;
};

test('a number opens its people, and they go into a file', async ({ page }) => {
  await signIn(page);
  await page.goto('/overview?from=2026-02-01&to=2026-02-28');
  await settled(page);
  await page.locator('section.metric a[href*="people="]').first().click();
  const count = Number(await page.getByTestId('people-count').getAttribute('data-count'));
  expect(count).toBeGreaterThan(1);
  const coming = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: '导出' }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toBe('customers.csv');
  expect(peopleIn(readFileSync(await file.path(), 'utf8'))).toBe(count);
  await expect(page.getByText(/已导出 customers.csv/)).toBeVisible();
});

test('chosen people, or all that match, go into a file', async ({ page }) => {
  await signIn(page);
  await page.goto('/customers');
  await settled(page);
  await page.locator('tbody tr.ant-table-row').nth(0).getByRole('checkbox').check();
  await page.locator('tbody tr.ant-table-row').nth(1).getByRole('checkbox').check();
  const bar = page.getByRole('region', { name: '已选客户' });
  await expect(bar).toContainText('已选 2 人');
  const taken = async (): Promise<number> => {
    const coming = page.waitForEvent('download');
    await bar.getByRole('button', { name: '导出' }).click();
    return peopleIn(readFileSync(await (await coming).path(), 'utf8'));
  };
  expect(await taken()).toBe(2);
  await bar.getByRole('button', { name: `选择全部符合条件的 ${people} 人` }).click();
  await expect(bar).toContainText(`全部符合条件的 ${people} 人`);
  expect(await taken()).toBe(people);
  await bar.getByRole('button', { name: '取消选择' }).click();
  await expect(bar).toHaveCount(0);
});

test('orders are counted exactly, and a view is saved under a name', async ({ page }) => {
  await signIn(page);
  await page.goto('/orders');
  await settled(page);
  await expect(page.locator('.page-header')).toContainText('共 62 条');
  await page.getByRole('button', { name: '下一页' }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(page.locator('.page-header')).toContainText('共 62 条');
  await page.goto('/orders?from=2026-02-20&to=2026-02-21');
  await settled(page);
  await page.getByRole('button', { name: '保存视图' }).click();
  await page.getByRole('textbox', { name: '视图名称' }).fill('两天');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: '全部订单' }).click();
  await expect(page).toHaveURL('/orders');
  await page.getByRole('tab', { name: '两天' }).click();
  await expect(page).toHaveURL(/from=2026-02-20/);
  await page.reload();
  await expect(page.getByRole('tab', { name: '两天' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: '删除视图' }).click();
  await expect(page.getByRole('tab', { name: '两天' })).toHaveCount(0);
});

test('what was done is undone from where it says so', async ({ page }) => {
  await signIn(page);
  await page.goto('/settings');
  await settled(page);
  const field = page.locator('main input[inputmode=numeric]').first();
  const before = await field.inputValue();
  await field.fill(String(Number(before) - 1));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '撤销', exact: true }).click();
  await expect(page.getByText('已撤销')).toBeVisible();
  await page.reload();
  await expect(page.locator('main input[inputmode=numeric]').first()).toHaveValue(before);
});

test('recent pages are tabs that keep their query', async ({ page }) => {
  await signIn(page);
  await page.goto('/orders?from=2026-02-20&to=2026-02-21');
  await settled(page);
  await go(page, '/rfm');
  const tabs = page.getByRole('navigation', { name: '最近页签' });
  await tabs.getByRole('link', { name: '订单' }).click();
  await expect(page).toHaveURL(/from=2026-02-20/);
  await tabs.getByRole('button', { name: '关闭页签 订单' }).click();
  await expect(page).toHaveURL('/rfm');
});
