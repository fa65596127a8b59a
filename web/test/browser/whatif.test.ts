import { expect, test } from 'vitest';

import { axe, lookAt } from '../inspect';
import { Stage } from '../stage';
import { fr } from '../words';

const stage = Stage.forFile();

const words = fr.admin.whatIf;

test('a day is simulated, with its intervals and the theory beside, on a desk and on a phone', async () => {
  const { page } = await stage.desk('marc-lefevre', '/admin/what-if');
  await page.getByRole('spinbutton', { name: words.operators }).or(page.getByLabel(words.operators)).first().fill('12');
  await page.getByRole('button', { name: words.ask }).click();
  const result = page.getByRole('region', { name: words.result });
  const row = (name: string) => result.getByRole('row').filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${name}`) }) });
  // 120 calls an hour of three minutes are six operators' work: twelve answer nearly all, and are half at work.
  await expect.poll(() => row(words.figures.serviceLevel).getByRole('cell').first().textContent(), { timeout: 30_000 }).toMatch(/^(9[5-9]|100)([,.]\d)?\s%$/);
  await expect.poll(() => row(words.figures.occupancy).getByRole('cell').first().textContent()).toMatch(/^(4|5)\d([,.]\d)?\s%$/);
  expect(await row(words.figures.serviceLevel).getByRole('cell').count()).toBe(3); // simulated, interval, Erlang A
  expect(await axe(page)).toEqual([]);
  for (const width of [1440, 1024, 420]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await lookAt(page)).toEqual([]);
    // No column is squeezed to a letter.
    const box = await result.getByRole('rowheader').first().boundingBox();
    expect(box?.width).toBeGreaterThan(130);
  }
}, 90_000);
