import { afterEach, beforeEach, test } from 'vitest';

import { becomes, stands } from '../post';
import { tones } from '../rig';
import { browserPhone, hears, listenable, phoneIs, toneFile } from '../softphone';
import { Stage, type Desk } from '../stage';
import { fr } from '../words';

const voice = 1000;
const stage = Stage.forFile(toneFile(voice));
const camille = 'camille-martin';

let giveBack: () => Promise<void>;

beforeEach(async () => {
  giveBack = await browserPhone(stage, camille);
});

afterEach(() => giveBack());

function ring() {
  return stage.rig.call({ to: stage.rig.group('Accueil').number, caller: '+33612345678', name: 'Zoé Blanc' });
}

/** Camille at her post, whose page is her phone. */
async function atPost(): Promise<Desk> {
  const desk = await stage.desk(camille, 'about:blank');
  await listenable(desk.page);
  await desk.page.goto('/banner');
  await desk.page.getByRole('button', { name: fr.banner.take.go }).click();
  await phoneIs(desk.page, 'reachable');
  await stands(desk.page, 'available');
  return desk;
}

test('a call is answered in the browser by click: each side hears the other, and nothing else', async () => {
  const { page } = await atPost();
  const call = await ring();
  await stands(page, 'ringing');
  await stage.rig.hears(call.id, { music: true });
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  await stage.rig.hears(call.id, { tone: voice });
  await hears(page, tones.caller);
  await page.keyboard.press('m');
  await stage.rig.hears(call.id, { silence: true });
  await page.keyboard.press('m');
  await stage.rig.hears(call.id, { tone: voice });
  await page.getByRole('button', { name: fr.banner.card.hold }).click();
  await stage.rig.hears(call.id, { music: true });
  await page.getByRole('button', { name: fr.banner.card.resume }).click();
  await stage.rig.hears(call.id, { tone: voice });
  await page.getByText(fr.banner.quality.good).waitFor();
  await page.getByRole('button', { name: fr.banner.card.hangUp }).click();
  await becomes(stage.rig, call.id, 'ended');
  await stands(page, 'wrap_up');
});
