import { expect, test } from 'vitest';

import { bytesOf } from '../measure';
import { Stage } from '../stage';
import { bannerWords } from '../words';

const stage = Stage.forFile();

const budget = 260 * 1024;

test('the first load of the banner comes in 260 KB', async () => {
  const { page, person } = await stage.desk('camille-martin', 'about:blank');
  const { total, byFile } = await bytesOf(page, async () => {
    await page.goto('/banner');
    await page.getByRole('button', { name: bannerWords[person.language].take.go }).click();
    await page.locator('button[data-state="available"]').waitFor();
    await page.waitForLoadState('networkidle');
  });
  expect(total, JSON.stringify(Object.fromEntries(byFile))).toBeLessThanOrEqual(budget);
  expect([...byFile.keys()].filter((file) => /admin|supervision/i.test(file))).toEqual([]);
  process.stdout.write(`  first load of the banner: ${(total / 1024).toFixed(1)} KB\n`);
});
