// A lifecycle is tried, adopted, changed with its effect shown first, and taken back; its people and its flow open.
// Stands on the data of 1_spine.
import { expect, go, settled, signIn, test } from './watch.ts';

const count = (text: string | null): number => Number((text ?? '').replaceAll(',', ''));

test('stages are tried, adopted, changed and taken back', async ({ page }) => {
  await signIn(page);
  await page.goto('/lifecycle');
  await settled(page);
  const ready = page.getByRole('region', { name: '客户生命周期' }).or(page.locator('.card').filter({ hasText: '从公域到回流' })).first();
  await ready.getByRole('button', { name: '试算' }).click();
  await expect(ready.getByRole('status')).toContainText('流失');
  await ready.getByRole('button', { name: '采用' }).click();
  await expect(page.getByTestId('stage-lost')).toHaveText(/\d/);
  // A stage of buyers that has people, whichever the data gives.
  const stages = async () => {
    const answer = await page.request.get('/api/v1/lifecycles');
    const { items } = (await answer.json()) as { items: { stages: { name: string; kind: string; people: number }[] }[] };
    return (items[0]?.stages ?? []).filter((one) => ['new', 'growing', 'mature'].includes(one.kind) && one.people > 0);
  };
  await expect.poll(async () => (await stages()).length, { timeout: 20_000 }).toBeGreaterThan(0);
  const [chosen] = await stages();
  const before = chosen?.people ?? 0;
  const stage = page.getByTestId(`stage-${chosen?.kind ?? ''}`);
  await expect.poll(async () => count(await stage.textContent()), { timeout: 20_000 }).toBe(before);

  // Whoever is in no stage, and whoever is in one, are together everybody: the flow's sum says so.
  await page.getByRole('tab', { name: '流动' }).click();
  await expect(page.getByTestId('moved')).toContainText('人换了阶段');
  await expect(page.locator('.flow-table tbody tr').last()).toContainText('合计');

  // A rule that nobody meets: the stage is empty afterwards. Shown before it is saved.
  await page.getByRole('button', { name: '调整阶段' }).first().click();
  await expect(page).toHaveURL(/\/lifecycle\/lfc_.*\/edit/);
  await settled(page);
  await page.locator('.stage-row').filter({ has: page.locator(`input[value="${chosen?.name ?? ''}"]`) }).getByRole('button', { name: '改规则' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: '句子' }).dispatchEvent('click');
  // The rule as it stands arrives first.
  await expect(dialog.getByRole('textbox', { name: '句子' })).toHaveValue(/次数/);
  await dialog.getByRole('textbox', { name: '句子' }).fill('事件 "order.paid" 的 次数 >= 900');
  await expect(dialog.getByRole('button', { name: '确定' })).toBeEnabled();
  await dialog.getByRole('button', { name: '确定' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId('moved')).not.toContainText(/^0 人/);
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page).toHaveURL(/\/lifecycle\?of=lfc_/);
  await expect(stage).toHaveText('0', { timeout: 20_000 });
  await page.getByRole('button', { name: '更多操作' }).click();
  await page.getByRole('menuitem', { name: '撤销上次调整' }).click();
  await expect.poll(async () => count(await stage.textContent()), { timeout: 20_000 }).toBe(before);

  // From a stage to a person, and why he is there.
  await stage.click();
  await page.getByRole('tab', { name: '阶段内的人' }).click();
  await page.locator('tbody tr.ant-table-row').first().getByRole('link').first().click();
  await expect(page).toHaveURL(/\/customers\/cus_/);
  await page.getByRole('tab', { name: '标签与人群' }).click();
  await expect(page.getByTestId('stage')).toContainText(chosen?.name ?? '?');
  await go(page, '/rfm?tab=migration');
  await expect(page.getByTestId('migrated')).toContainText('人换了类别');
});
