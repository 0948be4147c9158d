// A segment from the first condition to the person: rows and sentence, the live count, saving, its people, the way back.
// Stands on the data of 1_spine.
import type { Page } from '@playwright/test';
import { people, phone } from './orders.ts';
import { expect, go, settled, signIn, test } from './watch.ts';

const headers = { 'X-Requested-By': 'tilth' };
const counted = (page: Page) => page.getByTestId('preview-people');

async function buyers(page: Page): Promise<number> {
  const answer = await page.request.post('/api/v1/segments/preview', {
    headers, data: { rule: { count: { type: 'order.paid' }, window: { last: 60, unit: 'day' }, op: 'ge', value: 3 } },
  });
  return ((await answer.json()) as { people: number }).people;
}

test('a rule is built of rows, counted while it is made, read as a sentence, saved and opened', async ({ page }) => {
  await signIn(page);
  await page.goto('/segments');
  await settled(page);
  await page.getByRole('button', { name: '新建人群' }).click();
  await expect(page).toHaveURL('/segments/new');
  const save = page.getByRole('button', { name: '保存', exact: true });
  await page.getByRole('textbox', { name: '名称' }).fill('常客');
  await expect(save).toBeDisabled();
  await page.locator('.rule-group button').filter({ hasText: /^条件$/ }).first().click();
  await page.getByRole('menuitem', { name: '做过', exact: true }).click();
  await expect(counted(page)).toHaveAttribute('data-count', /^\d+$/);
  // The rest as a sentence, as somebody who knows the words would.
  await page.getByRole('radio', { name: '句子' }).dispatchEvent('click');
  const sentence = page.getByRole('textbox', { name: '句子' });
  await expect(sentence).toHaveValue(/事件/);
  await sentence.fill('最近 60 天 事件 "order.paid" 的 次数 >= 三');
  await expect(page.locator('.rule-problem mark')).toHaveText('三');
  await expect(save).toBeDisabled();
  await sentence.fill('最近 60 天 事件 "order.paid" 的 次数 >= 3');
  const count = await buyers(page);
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(people);
  await expect(counted(page)).toHaveAttribute('data-count', String(count));
  // Back in rows it is the same rule.
  await page.getByRole('radio', { name: '条件', exact: true }).dispatchEvent('click');
  await expect(page.getByRole('textbox', { name: '值' })).toHaveValue('3');
  await expect(counted(page)).toHaveAttribute('data-count', String(count));
  await expect(page.locator('.sample > li').first()).toContainText('✓');
  await save.click();
  await expect(page).toHaveURL(/\/segments\/[a-z]+_/);
  await settled(page);
  await expect(page.getByTestId('segment-people')).toHaveAttribute('data-count', String(count));
  await expect(page.getByText(`共 ${count} `).first()).toBeVisible();
  const row = page.locator('tbody tr.ant-table-row').first();
  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/customers\/cus_/);
  await page.getByRole('tab', { name: '标签与人群' }).click();
  await expect(page.getByRole('link', { name: '常客' })).toBeVisible();
  await expect(page.getByRole('tabpanel').getByText('✓').first()).toBeVisible();
});

test('a segment is archived, and brought back from where it says so', async ({ page }) => {
  await signIn(page);
  await page.goto('/segments');
  await settled(page);
  await page.getByRole('link', { name: '常客' }).click();
  await settled(page);
  await page.getByRole('button', { name: '归档' }).click();
  await expect(page.getByText('已归档', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: '撤销', exact: true }).click();
  await expect(page.getByText('已撤销')).toBeVisible();
  await expect(page.getByRole('button', { name: '归档' })).toBeVisible();
});

test('a tag is made, put on chosen people, seen on their page, and taken back', async ({ page }) => {
  await signIn(page);
  await page.goto('/tags');
  await settled(page);
  await page.getByRole('button', { name: '新建标签组' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: '名称' }).fill('关系');
  await page.getByRole('checkbox', { name: /互斥/ }).check();
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await page.getByRole('button', { name: /新建标签$/ }).click();
  const drawer = page.getByRole('dialog').last();
  await drawer.getByRole('textbox', { name: '名称' }).fill('熟客');
  await drawer.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('button', { name: '熟客' })).toBeVisible();
  const found = await page.request.post('/api/v1/customers/search', { headers, data: { text: phone(2) } });
  const id = ((await found.json()) as { items: { id: string }[] }).items[0]?.id ?? '';
  await go(page, '/customers');
  await page.locator('tbody tr.ant-table-row').nth(0).getByRole('checkbox').check();
  await page.locator('tbody tr.ant-table-row').nth(1).getByRole('checkbox').check();
  const bar = page.getByRole('region', { name: '已选客户' });
  await bar.getByRole('button', { name: '打标签' }).click();
  await page.getByRole('combobox', { name: '标签' }).click();
  await page.getByTitle('熟客').click();
  await page.getByRole('dialog').getByRole('button', { name: '打标签' }).click();
  await expect(page.getByText('已给 2 人打标签')).toBeVisible();
  await page.getByRole('button', { name: '撤销', exact: true }).click();
  await expect(page.getByText('已撤销')).toBeVisible();
  expect(id).not.toBe('');
  await go(page, `/customers/${id}?tab=audience`);
  await expect(page.getByText('不在任何标签或人群中').or(page.getByRole('link', { name: '常客' }))).toBeVisible();
});

test('chosen people are kept as a segment', async ({ page }) => {
  await signIn(page);
  await page.goto('/customers');
  await settled(page);
  for (const at of [0, 1, 2]) await page.locator('tbody tr.ant-table-row').nth(at).getByRole('checkbox').check();
  await page.getByRole('region', { name: '已选客户' }).getByRole('button', { name: '存为人群' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: '名称' }).fill('三位');
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await expect(page).toHaveURL(/\/segments\/[a-z]+_/);
  await expect(page.getByTestId('segment-people')).toHaveAttribute('data-count', '3');
});
