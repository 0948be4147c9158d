// The store view on a phone, and the way from one tenant into another. Stands on the data of 1_spine.
import { address, expect, go, password, settled, signIn, test } from './watch.ts';

const headers = { 'X-Requested-By': 'tilth' };

test('a store manager finds the day under the thumb', async ({ page }) => {
  await signIn(page);
  const ask = async <T>(path: string, data?: unknown): Promise<T> => {
    const answer = data ? await page.request.post(address(path), { headers, data }) : await page.request.get(address(path));
    expect(answer.ok(), await answer.text()).toBe(true);
    const text = await answer.text();
    return (text ? JSON.parse(text) : {}) as T;
  };
  const roles = await ask<{ items: { id: string; code: string }[] }>('/api/v1/roles');
  const nodes = await ask<{ items: { id: string; name: string; kind: string }[] }>('/api/v1/org/nodes');
  const store = nodes.items.find((one) => one.kind === 'store');
  const role = roles.items.find((one) => one.code === 'store_manager')?.id;
  const { one_time_password: once } = await ask<{ one_time_password: string }>('/api/v1/staff', { name: '店长甲', login: 'manager1', node: store?.id, role });
  await ask('/api/v1/session', { login: 'manager1', password: once });
  await ask('/api/v1/me/password', { old_password: once, new_password: password });
  await ask('/api/v1/session', { login: 'manager1', password });

  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/results?span=month');
  await settled(page);
  const menu = page.getByRole('navigation', { name: '常用页面' });
  await expect(menu.getByRole('link')).toHaveText(['今日', '顾客', '业绩']);
  await expect(menu.getByRole('link', { name: '业绩' })).toHaveAttribute('aria-current', 'page');
  await expect(page.locator('.page-header')).toContainText(store?.name ?? '?');
  const low = await menu.locator('a, button').evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 48).length);
  expect(low).toBe(0);
  await go(page, '/results?span=today');
  await expect(page.getByText('今天还没有成交')).toBeVisible();
  await menu.getByRole('link', { name: '顾客' }).press('Enter');
  await expect(page).toHaveURL('/customers');
  await menu.getByRole('button', { name: '更多' }).click();
  const whole = page.getByRole('dialog').getByRole('navigation', { name: '主菜单' });
  await expect(whole.getByRole('link', { name: '业绩' })).toBeVisible();
  // What the role does not allow is in no menu.
  await expect(whole.getByRole('link', { name: '组织与员工' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(menu).toHaveCount(0);
});

test('one press leads into the other tenant, and back', async ({ page }) => {
  await signIn(page);
  await page.goto('/today');
  await settled(page);
  const enter = async (name: string | RegExp) => {
    await page.getByRole('button', { name: /^租户：/ }).click();
    await page.locator('.popup').getByRole('button', { name }).click();
  };
  const own = (await page.getByRole('button', { name: /^租户：/ }).getAttribute('aria-label')) ?? '';
  await enter(/示例：第二家/);
  await expect(page.getByRole('button', { name: '租户：示例：第二家' })).toBeVisible();
  await expect(page.getByText('示例数据')).toBeVisible();
  await go(page, '/customers');
  await expect(page.locator('tbody tr.ant-table-row')).toHaveCount(0);
  await enter(new RegExp(own.replace('租户：', '')));
  await expect(page.getByRole('button', { name: own, exact: true })).toBeVisible();
});
