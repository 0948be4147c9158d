// Posts that must be held: somebody who takes one takes it off the list of vacancies, and undo brings it back.
import { expect, settled, signIn, test } from './watch.ts';

test('a post that must be held is vacant until somebody fills it', async ({ page }) => {
  await signIn(page);
  await page.goto('/organisation?tab=posts');
  await settled(page);
  const card = (name: RegExp) => page.locator('section', { has: page.getByRole('heading', { name }) });
  const vacancies = card(/^缺岗/).getByRole('row').filter({ hasText: '在岗 0 / 应有 1' });
  const holders = card(/^岗位名录/).getByRole('row').filter({ hasText: '店长' });
  // How many there are, the stories before have decided.
  await expect(vacancies.first()).toBeVisible();
  const vacant = await vacancies.count();
  const held = await holders.count();
  const store = await vacancies.first().getByRole('link').innerText();

  // Nobody chosen is named; chosen, the person leaves the one list for the other.
  await vacancies.first().getByRole('button', { name: '任职' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '任职' }).click();
  await expect(dialog.getByText('必填')).toBeVisible();
  await dialog.getByRole('combobox', { name: '员工' }).click();
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click();
  await dialog.getByRole('button', { name: '任职' }).click();
  await expect(page.getByText(`已任职于 ${store}`)).toBeVisible();
  await expect(vacancies).toHaveCount(vacant - 1);
  await expect(holders.filter({ hasText: store })).toHaveCount(1);
  await page.getByRole('button', { name: '撤销' }).click();
  await expect(vacancies).toHaveCount(vacant);
  await expect(holders).toHaveCount(held);

  // What need not be held is never vacant.
  const need = page.getByRole('listitem').filter({ hasText: '每个门店须有 店长' });
  await need.getByRole('button', { name: '移除' }).click();
  await expect(vacancies.filter({ hasText: '店长' })).toHaveCount(0);
  await page.getByRole('button', { name: '撤销' }).last().click();
  await expect(vacancies).toHaveCount(vacant);
});
