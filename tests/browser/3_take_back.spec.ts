// The last story: what the first brought goes away whole.
import { expect, signIn, test } from './watch.ts';

test('the import is taken back whole', async ({ page }) => {
  await signIn(page);
  await page.goto('/imports');
  await page.getByRole('link', { name: 'till.csv' }).click();
  await expect(page).toHaveURL(/\/imports\/imp_/);
  await page.getByRole('button', { name: '撤销本次导入' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '撤销本次导入' }).click();
  await expect(page.locator('.page-header').getByText('已撤销')).toBeVisible();
  await page.goto('/orders');
  await expect(page.getByText('没有符合条件的订单')).toBeVisible();
});
