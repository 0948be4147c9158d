// The main story of the console in order: first sign-in, a file of orders through the wizard, its figures and the people
// behind them, one person, the palette, merge and unmerge. The stories of the other files stand on its data.
import { csv, lines, netMinor, people, phone, sales } from './orders.ts';
import { expect, go, password, settled, signIn, test } from './watch.ts';

test.describe.configure({ mode: 'serial' });
const yuan = (minor: number): string => `¥${(minor / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;
const oneTime = process.env['TILTH_ONE_TIME'] ?? '';

test('the first sign-in changes the one-time password', async ({ page }) => {
  await page.goto('/customers');
  await expect(page).toHaveURL('/sign-in?next=%2Fcustomers');
  await page.getByLabel('登录名').fill('admin');
  await page.getByLabel('密码', { exact: true }).fill('not-this-one');
  await page.keyboard.press('Enter');
  await expect(page.getByText('登录名或密码不对')).toBeVisible();
  await page.getByLabel('密码', { exact: true }).fill(oneTime);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '设置新密码' })).toBeVisible();
  await page.getByLabel('一次性密码').fill(oneTime);
  await page.getByLabel('新密码', { exact: true }).fill('12345678');
  await page.getByLabel('再输一次新密码').fill('12345678');
  await page.keyboard.press('Enter');
  await expect(page.getByText('这个密码太常见')).toBeVisible();
  await page.getByLabel('新密码', { exact: true }).fill(password);
  await page.getByLabel('再输一次新密码').fill(password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '客户', exact: true })).toBeVisible();
});

test('a file comes in by five steps, and its refused rows are named', async ({ page }) => {
  await signIn(page);
  await page.goto('/imports');
  await page.locator('input[type=file]').setInputFiles({ name: 'till.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await expect(page).toHaveURL(/\/imports\/imp_/);
  await expect(page.getByText('② 对应列').first()).toBeVisible();
  await page.getByRole('button', { name: '检查整个文件' }).click();
  await expect(page.getByText('被拒绝的 2 行')).toBeVisible();
  await expect(page.getByText('时间无法识别')).toBeVisible();
  await page.getByRole('button', { name: '逐行看' }).first().click();
  await expect(page.getByText('S700').first()).toBeVisible();
  await page.reload();
  await expect(page.getByText('S700').first()).toBeVisible();
  await page.getByRole('button', { name: '下一步：确认' }).click();
  await page.getByRole('button', { name: `开始导入 ${lines.length} 行` }).click();
  await expect(page.getByText('控制总数')).toBeVisible();
  await expect(page.getByRole('cell', { name: yuan(netMinor) })).toBeVisible();
});

test('figures equal the file, and every count equals its list', async ({ page }) => {
  await signIn(page);
  await page.goto('/overview?from=2026-02-01&to=2026-02-28');
  const card = (name: string) => page.getByRole('region', { name, exact: true });
  await expect(card('净销售额').getByTitle(yuan(netMinor))).toBeVisible();
  await expect(card('订单数').getByText(String(sales), { exact: true })).toBeVisible();
  await expect(card('成交客户数').getByText(String(people), { exact: true })).toBeVisible();
  const doors = page.locator('section.metric a[href*="people="], table a[href*="people="]');
  test.setTimeout(120_000);
  const addresses = await doors.evaluateAll((links) => links.map((link) => [link.getAttribute('href') ?? '', link.textContent ?? '']));
  expect(addresses.length).toBeGreaterThan(15);
  const seen = new Set<string>();
  for (const [address = '', text = ''] of addresses) {
    if (seen.has(address)) continue;
    seen.add(address);
    await go(page, address);
    const count = page.getByTestId('people-count');
    await expect(count, `${address} says ${text}`).toHaveAttribute('data-count', text.replaceAll(/\D/g, ''));
  }
});

test('the list keeps its state over reload and back', async ({ page }) => {
  await signIn(page);
  await page.goto('/customers');
  await expect(page.getByText(`共 ${people} 人`).first()).toBeVisible();
  await page.getByRole('columnheader', { name: /累计净消费/ }).click();
  await expect(page).toHaveURL(/sort=net_spend/);
  await expect(page.getByRole('columnheader', { name: /累计净消费/ })).toHaveAttribute('aria-sort', 'descending');
  // Dead while the rows are those of the order before.
  await page.getByRole('button', { name: '下一页' }).click();
  await expect(page).toHaveURL(/after=/);
  const rows = page.locator('tbody tr.ant-table-row');
  await expect(rows).toHaveCount(people - 20);
  await settled(page);
  const listed = await rows.allTextContents();
  await page.reload();
  await expect(rows).toHaveText(listed);
  await page.goBack();
  await expect(page).not.toHaveURL(/after=/);
  await expect(rows).toHaveCount(20);
  await settled(page);
  await page.keyboard.press('j');
  await expect(rows.first()).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers\/cus_/);
});

test('a phone is found, shown for a reason, and audited', async ({ page }) => {
  await signIn(page);
  await page.goto('/overview');
  await page.getByRole('heading', { name: '经营总览' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /搜索/ }).fill(phone(3));
  const found = page.getByRole('option').filter({ hasText: '139****1003' });
  await expect(found).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers\/cus_/);
  await page.getByRole('tab', { name: /身份/ }).click();
  await expect(page.getByText(phone(3))).toHaveCount(0);
  await page.getByRole('button', { name: '查看手机号明文' }).click();
  await page.getByLabel('客户来电服务').check();
  await page.getByRole('button', { name: '查看', exact: true }).click();
  await expect(page.getByText(phone(3))).toBeVisible();
  await page.getByRole('tab', { name: '日志' }).click();
  await expect(page.getByRole('cell', { name: '查看明文' })).toBeVisible();
  await expect(page.getByRole('cell', { name: '客户来电服务' })).toBeVisible();
});

test('Enter that confirms Pinyin opens nothing', async ({ page }) => {
  await signIn(page);
  await page.goto('/customers');
  await page.getByRole('heading', { name: '客户', exact: true }).waitFor();
  await page.keyboard.press('/');
  const field = page.getByRole('combobox', { name: /搜索/ });
  await field.fill('dd');
  await field.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true, bubbles: true });
  await expect(page).toHaveURL('/customers');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/orders');
});

test('two people are joined and parted again', async ({ page }) => {
  await signIn(page);
  const find = async (whose: string): Promise<string> => {
    const answer = await page.request.post('/api/v1/customers/search', { headers: { 'X-Requested-By': 'tilth' }, data: { text: whose } });
    return ((await answer.json()) as { items: { id: string }[] }).items[0]?.id ?? '';
  };
  const a = await find(phone(5));
  await page.goto(`/customers/${a}`);
  await page.getByRole('button', { name: '合并', exact: true }).click();
  await page.getByLabel('另一位的手机号、邮箱、卡号或客户编号').fill(phone(6));
  await page.keyboard.press('Enter');
  await expect(page.getByText('139****1006')).toBeVisible();
  await page.getByLabel(/原因/).fill('同一人确认');
  await page.getByRole('dialog').getByRole('button', { name: '合并', exact: true }).click();
  await expect(page.getByRole('cell', { name: '人工合并' })).toBeVisible();
  await expect(page.getByRole('tab', { name: '身份 2' })).toBeVisible();
  await page.getByRole('button', { name: '拆分', exact: true }).click();
  await page.getByLabel(/原因/).fill('其实不是');
  await page.getByRole('dialog').getByRole('button', { name: '拆分', exact: true }).click();
  await expect(page.getByText('已拆分').first()).toBeVisible();
  await expect(page.getByRole('tab', { name: '身份 1' })).toBeVisible();
});

test('language and theme switch everywhere at once and are kept', async ({ page }) => {
  await signIn(page);
  await page.goto('/orders');
  await page.getByRole('button', { name: 'EN', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en-US');
  await page.getByRole('button', { name: 'Switch to dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Orders' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('a lost session keeps the page and asks again', async ({ page, context }) => {
  await signIn(page);
  await page.goto('/customers');
  await expect(page.getByText(`共 ${people} 人`).first()).toBeVisible();
  await context.clearCookies();
  await page.getByRole('tab', { name: '近 30 天新客' }).click();
  await expect(page.getByText('登录已失效')).toBeVisible();
  await page.getByLabel('登录名').fill('admin');
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await expect(page.getByText('登录已失效')).toHaveCount(0);
  await expect(page).toHaveURL(/\/customers\?/);
});
