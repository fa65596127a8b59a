import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { median, noteWhen } from '../measure';
import { becomes, stands } from '../post';
import { browserPhone, listenable, phoneIs, toneFile } from '../softphone';
import { Stage } from '../stage';
import { fr } from '../words';

// How long a caller waits for the voice of an operator whose page is his telephone.

const voice = 1000;
const stage = Stage.forFile(toneFile(voice));
const camille = 'camille-martin';
const calls = 15;
const toVoice = 150; // ms from the click to the first sound at the caller's, the median
const toRing = 100; // ms from the offer to the card

let giveBack: () => Promise<void>;
beforeAll(async () => {
  giveBack = await browserPhone(stage, camille);
});
afterAll(() => giveBack());

/** When the page was last clicked on, to the millisecond of the machine's clock. */
async function clicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    document.addEventListener('click', (event) => {
      Object.assign(globalThis, { bandeauClick: performance.timeOrigin + event.timeStamp });
    }, { capture: true });
  });
  return () => page.evaluate(() => (globalThis as unknown as { bandeauClick: number }).bandeauClick);
}

test(`an operator is heard within ${toVoice} ms of his click, and sees it ring within ${toRing} ms`, async () => {
  const { page } = await stage.desk(camille, 'about:blank');
  await listenable(page);
  await page.goto('/banner');
  await page.getByRole('button', { name: fr.banner.take.go }).click();
  await phoneIs(page, 'reachable');
  await stands(page, 'available');
  const clickedAt = await clicks(page);
  const heard: number[] = [];
  const rang: number[] = [];
  for (let n = 0; n < calls; n++) {
    const rings = await noteWhen(page, 'button[data-state="ringing"]');
    const call = await stage.rig.call({ to: stage.rig.group('Accueil').number, name: `Appel ${n}` });
    await stands(page, 'ringing');
    // She is free: it is offered to her in the instant in which it comes.
    const me = (await (await page.request.get('/api/v1/me')).json()) as { calls: { arrivedAt: string }[] };
    rang.push((await rings()) - Date.parse(me.calls[0]?.arrivedAt ?? ''));
    await page.getByRole('button', { name: fr.banner.card.answer }).click();
    await stands(page, 'talking');
    const { heardAt = 0 } = await stage.rig.hears(call.id, { tone: voice });
    expect(heardAt).toBeGreaterThan(0);
    heard.push(heardAt - (await clickedAt()));
    await stage.rig.hangUp(call.id);
    await becomes(stage.rig, call.id, 'ended');
    await stands(page, 'wrap_up');
    await page.request.post('/api/v1/me/wrap-up', { data: { action: 'finish' } });
    await stands(page, 'available');
  }
  process.stdout.write(`  answer: heard after ${median(heard).toFixed(0)} ms at the median, ${Math.max(...heard).toFixed(0)} ms at worst of ${calls}\n`);
  process.stdout.write(`  ring: shown after ${median(rang).toFixed(0)} ms at the median, ${Math.max(...rang).toFixed(0)} ms at worst\n`);
  expect(median(heard)).toBeLessThanOrEqual(toVoice);
  expect(rang.filter((ms) => ms > toRing)).toEqual([]);
}, 120_000);
