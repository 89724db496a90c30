// What the numbers are: said when their names are pointed at, focused or tapped.

import { expect, open, openTab, test } from './site';

test('a name says what its number is, by mouse and by keyboard', async ({ page }) => {
  await open(page);
  const name = page.locator('.hint-name', { hasText: 'MACs' });
  const hint = page.locator('.hint-text').filter({ hasText: /^Multiply-accumulates/ });
  await expect(hint).toBeHidden();
  await name.hover();
  await expect(hint).toBeVisible();
  await page.mouse.move(0, 0);
  await expect(hint).toBeHidden();
  await name.focus();
  await expect(hint).toBeVisible();
  await expect(name).toHaveAccessibleDescription(/^Multiply-accumulates/);
  await page.keyboard.press('Escape');
  await expect(hint).toBeHidden();
});

for (const { tab, names } of [
  { tab: 'Predict', names: ['90 % interval', 'Parameters', 'FLOPs', 'Nodes', 'Edges', 'Depth', 'Membership', 'Head alone'] },
  { tab: 'Model', names: ['Learned from', 'Checked on', 'Rank correlation', 'Mean error', 'In the interval'] },
] as const) {
  test(`every number on ${tab} has a hint that fits on a phone`, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await open(page);
    await openTab(page, tab);
    for (const name of names) {
      const button = page.locator('.hint-name:visible').filter({ hasText: name }).first();
      await button.focus();
      const hint = page.locator('.hint-text:visible');
      await expect(hint).toHaveCount(1);
      const { x, width } = (await hint.boundingBox())!;
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(360);
      await page.keyboard.press('Escape');
    }
  });
}
