import { afterEach, beforeEach, expect, test } from 'vitest';

import { Api } from '../api';
import { atPhone, becomes, stands } from '../post';
import { tones } from '../rig';
import { browserPhone, hears, listenable, phoneIs, toneFile } from '../softphone';
import { Stage, type Desk } from '../stage';
import { filled, fr } from '../words';

const voice = 1000;
const stage = Stage.forFile(toneFile(voice));
const camille = 'camille-martin';
const hugo = 'hugo-bernard';

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

test('by key: answered with A, ended with E pressed twice', async () => {
  const { page } = await atPost();
  const call = await ring();
  await stands(page, 'ringing');
  await page.keyboard.press('a');
  await stands(page, 'talking');
  await stage.rig.hears(call.id, { tone: voice });
  await hears(page, tones.caller);
  await page.keyboard.press('e');
  await page.getByRole('button', { name: filled(fr.banner.card.again, { key: 'E' }) }).waitFor();
  await page.keyboard.press('e');
  await becomes(stage.rig, call.id, 'ended');
});

test('a call that is dialled needs no telephone', async () => {
  const { page } = await atPost();
  await page.getByLabel(fr.banner.dial.number).fill('06 12 34 56 00');
  await page.keyboard.press('Enter');
  await stands(page, 'talking');
  const [called] = await stage.rig.calls('carrier');
  await stage.rig.hears(called?.id ?? '', { tone: voice });
  await hears(page, tones.called);
});

test('a page that is reloaded in a call goes on with it by itself', async () => {
  const { page } = await atPost();
  const call = await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stage.rig.hears(call.id, { tone: voice });
  await page.reload();
  await stands(page, 'talking');
  await stage.rig.hears(call.id, { tone: voice });
  await hears(page, tones.caller);
  await page.getByText(fr.banner.lostCall.title).waitFor({ state: 'detached' });
});

test('another tab takes the call over, with its sound', async () => {
  const { page: first, context } = await atPost();
  const call = await ring();
  await first.getByRole('button', { name: fr.banner.card.answer }).click();
  await stage.rig.hears(call.id, { tone: voice });
  const second = await context.newPage();
  await listenable(second);
  await second.goto('/banner');
  await second.getByRole('button', { name: fr.banner.elsewhere.take }).click();
  await stands(second, 'talking');
  await first.getByRole('heading', { name: fr.banner.elsewhere.title }).waitFor();
  await hears(second, tones.caller);
  await stage.rig.hears(call.id, { tone: voice });
});

test('without the permission nothing is offered, until a click has given it', async () => {
  const { page } = await stage.desk(camille, 'about:blank', { microphone: false });
  await listenable(page);
  // The browser of the test gives the permission to whoever asks: that nobody has asked yet is what it does not know.
  await page.addInitScript(() => {
    let asked = false;
    const [query, open] = [navigator.permissions.query.bind(navigator.permissions), navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)];
    navigator.permissions.query = async (wanted) => {
      const status = await query(wanted);
      if (wanted.name === ('microphone' as PermissionName)) Object.defineProperty(status, 'state', { value: asked ? 'granted' : 'prompt' });
      return status;
    };
    navigator.mediaDevices.getUserMedia = (wanted) => {
      asked = true;
      return open(wanted);
    };
  });
  await page.goto('/banner');
  await page.getByText(fr.banner.mic.trouble.permission.title).waitFor();
  await phoneIs(page, 'unreachable');
  await page.getByRole('button', { name: fr.banner.mic.allow }).click();
  await page.getByText(fr.banner.mic.state.ready).waitFor();
  await phoneIs(page, 'reachable');
  await page.getByRole('button', { name: fr.banner.take.go }).click();
  const call = await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stage.rig.hears(call.id, { tone: voice });
});

test('the level of his voice is shown while he tries the microphone', async () => {
  const { page } = await stage.desk(camille, 'about:blank');
  await listenable(page);
  await page.goto('/banner');
  await page.getByRole('button', { name: fr.banner.mic.try }).click();
  const bar = page.getByRole('img', { name: fr.banner.mic.level }).locator('div');
  await expect.poll(() => bar.evaluate((element) => new DOMMatrix(getComputedStyle(element).transform).a)).toBeGreaterThan(0.5);
  await page.getByText(fr.banner.mic.speak).waitFor();
  await page.getByRole('button', { name: fr.banner.mic.stop }).click();
  await bar.waitFor({ state: 'detached' });
});

test('a call that comes is answered by itself, where that was chosen', async () => {
  const { page } = await atPost();
  await page.getByRole('button', { name: stage.rig.person(camille).name, exact: true }).click();
  await page.getByRole('menuitem', { name: fr.banner.settings.title }).click();
  await page.getByRole('switch', { name: fr.banner.settings.autoAnswer }).press('Space');
  await page.keyboard.press('Escape');
  const call = await ring();
  await stands(page, 'talking');
  await stage.rig.hears(call.id, { tone: voice });
});

test('a colleague is asked, and given the call', async () => {
  const { page } = await atPost();
  await Api.login(stage.rig.url, stage.rig.person(hugo));
  await stage.rig.phone(hugo, { behaviour: 'answer' });
  try {
    const call = await ring();
    await page.getByRole('button', { name: fr.banner.card.answer }).click();
    await stage.rig.hears(call.id, { tone: voice });
    await page.getByRole('button', { name: fr.banner.card.transfer }).click();
    await page.getByRole('button', { name: new RegExp(stage.rig.person(hugo).name) }).click();
    await page.getByRole('button', { name: fr.banner.side.swap }).waitFor();
    const asked = await atPhone(stage.rig, hugo, 'established');
    await stage.rig.hears(asked.id, { tone: voice });
    await hears(page, tones.operator);
    await stage.rig.hears(call.id, { music: true });
    await page.getByRole('button', { name: fr.banner.side.swap }).click();
    await stage.rig.hears(call.id, { tone: voice });
    await hears(page, tones.caller);
    await page.getByRole('button', { name: fr.banner.side.complete, exact: true }).click();
    await stands(page, 'wrap_up');
    await stage.rig.hears(call.id, { tone: tones.operator });
    await stage.rig.hears(asked.id, { tone: tones.caller });
  } finally {
    await stage.rig.phone(hugo, { behaviour: 'talk' });
  }
});

test('a call that is given away is taken back before anybody answers', async () => {
  const { page } = await atPost();
  await Api.login(stage.rig.url, stage.rig.person(hugo));
  const call = await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stage.rig.hears(call.id, { tone: voice });
  await page.getByRole('button', { name: fr.banner.card.transfer }).click();
  // The button that opens the panel says the same as the choice within it.
  await page.getByRole('region', { name: fr.banner.side.title }).getByText(fr.banner.side.give, { exact: true }).click();
  await page.getByRole('button', { name: new RegExp(stage.rig.person(hugo).name) }).click();
  await page.getByText(fr.banner.side.transferring).waitFor();
  await atPhone(stage.rig, hugo, 'ringing');
  await page.getByRole('button', { name: fr.banner.side.takeBack }).click();
  await page.getByRole('button', { name: fr.banner.card.hold }).waitFor();
  await stage.rig.hears(call.id, { tone: voice });
  await hears(page, tones.caller);
});
