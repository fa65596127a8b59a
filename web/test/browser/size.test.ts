import { expect, onTestFinished, test } from 'vitest';

import { bytesOf } from '../measure';
import { browserPhone } from '../softphone';
import { Stage } from '../stage';
import { bannerWords } from '../words';

const stage = Stage.forFile();

const budget = 255_000; // bytes, as they come over the network

test.each(['a telephone', 'the page itself'])('the first load of the banner comes in 255 KB, for who talks with %s', async (phone) => {
  const giveBack = phone === 'a telephone' ? () => Promise.resolve() : await browserPhone(stage, 'camille-martin');
  onTestFinished(giveBack);
  const { page, person } = await stage.desk('camille-martin', 'about:blank');
  // What the page fetches a while after, to have it at hand, is not waited for by anybody: how slow
  // the machine is must not decide whether it is counted.
  await page.addInitScript(() => {
    const real = globalThis.setTimeout;
    globalThis.setTimeout = ((run: () => void, wait = 0) => (wait >= 1000 ? 0 : real(run, wait))) as typeof setTimeout;
  });
  const { total, byFile } = await bytesOf(page, async () => {
    await page.goto('/banner');
    await page.getByRole('button', { name: bannerWords[person.language].take.go }).click();
    await page.locator('button[data-state="available"]').waitFor();
    await page.waitForLoadState('networkidle');
  });
  expect(total, JSON.stringify(Object.fromEntries(byFile))).toBeLessThanOrEqual(budget);
  expect([...byFile.keys()].filter((file) => /admin|supervision/i.test(file))).toEqual([]);
  process.stdout.write(`  first load of the banner with ${phone}: ${(total / 1000).toFixed(1)} KB\n`);
});
