import { expect, test } from 'vitest';

import { Api } from '../api';
import { axe, lookAt } from '../inspect';
import { atPhone, becomes, sees, stands, status, takePost } from '../post';
import { proves } from '../proves';
import { tones } from '../rig';
import { Stage } from '../stage';
import { filled, fr } from '../words';

const stage = Stage.forFile();

const caller = { caller: '+33612345678', name: 'Zoé Blanc' };
const shownNumber = '+33 6 12 34 56 78';
const camille = 'camille-martin';

/** Somebody outside calls Accueil, where Camille is first. */
function ring(more: { readonly name?: string } = {}) {
  return stage.rig.call({ to: stage.rig.group('Accueil').number, ...caller, ...more });
}

test('a call from outside is answered, held, ended, wrapped up and remembered', async () => {
  const { page } = await takePost(stage, camille);
  await stands(page, 'available');
  const call = await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).waitFor();
  await stands(page, 'ringing');
  const main = page.getByRole('main');
  for (const text of ['Accueil', shownNumber, caller.name]) await main.getByText(text).first().waitFor();
  await expect.poll(() => page.title()).toContain(caller.name);
  // Before the answer he hears how he waits, after it the operator.
  await stage.rig.hears(call.id, { music: true });
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  const phone = await atPhone(stage.rig, camille, 'established');
  await stage.rig.hears(phone.id, { tone: tones.caller });
  await stage.rig.hears(call.id, { tone: tones.operator });

  await page.getByRole('button', { name: fr.banner.card.hold }).click();
  await stage.rig.hears(call.id, { music: true });
  await stands(page, 'held');
  await page.getByRole('button', { name: fr.banner.card.resume }).click();
  await stage.rig.hears(call.id, { tone: tones.operator });

  // The timer runs by the second.
  const time = (): Promise<string | null> => status(page).locator('time').textContent();
  const before = await time();
  await expect.poll(time, { timeout: 3000 }).not.toBe(before);

  await page.getByLabel(fr.banner.note.label).fill('Rappeler demain');
  await page.getByRole('button', { name: fr.banner.card.hangUp }).click();
  await becomes(stage.rig, call.id, 'ended');
  await stands(page, 'wrap_up');
  await page.getByLabel(fr.banner.tags.label).fill('devis');
  await page.getByLabel(fr.banner.tags.label).press('Enter');
  await page.getByRole('button', { name: fr.banner.wrapUp.finish }).click();
  await stands(page, 'available');

  const line = page.getByRole('listitem').filter({ hasText: caller.name }).first();
  await line.getByText('Rappeler demain').waitFor();
  await line.getByText('#devis').waitFor();
  expect(await line.textContent()).toContain(shownNumber);
  await line.getByRole('img', { name: fr.banner.history.answered }).waitFor();
});

test('without a pointer: take the post, answer, mute, end, finish, pause, return', async () => {
  const { page } = await stage.desk(camille, '/banner');
  await page.getByRole('button', { name: fr.banner.take.go }).waitFor();
  await page.getByRole('button', { name: fr.banner.take.go }).focus();
  await page.keyboard.press('Enter');
  await stands(page, 'available');
  const call = await ring();
  await stands(page, 'ringing');
  await page.keyboard.press('a');
  await stands(page, 'talking');
  await stage.rig.hears(call.id, { tone: tones.operator });
  await page.keyboard.press('m');
  await stage.rig.hears(call.id, { silence: true });
  await page.keyboard.press('m');
  await stage.rig.hears(call.id, { tone: tones.operator });
  // Once is not enough to end a call.
  await page.keyboard.press('e');
  await page.getByRole('button', { name: filled(fr.banner.card.again, { key: 'E' }) }).waitFor();
  await page.keyboard.press('e');
  await becomes(stage.rig, call.id, 'ended');
  await stands(page, 'wrap_up');
  await page.keyboard.press('r');
  await stands(page, 'available');
  await page.keyboard.press('p');
  await sees(() => page.evaluate(() => document.activeElement?.closest('[role="menu"]') !== null), true);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await stands(page, 'paused');
  await page.getByRole('menu').waitFor({ state: 'hidden' });
  // The same key so soon after is taken for the same press: it is pressed until it counts.
  await expect.poll(async () => {
    await page.keyboard.press('r');
    return page.locator('button[data-state="available"]').count();
  }, { interval: 100 }).toBeGreaterThan(0);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: fr.common.shortcuts.title }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});

test('who pauses gets no call, who returns gets the one that waits', async () => {
  proves('OP-07');
  const { page } = await takePost(stage, camille);
  await status(page).click();
  const { pauseTypes } = (await (await page.request.get('/api/v1/me')).json()) as { pauseTypes: { name: string; login: boolean }[] };
  const name = pauseTypes.find(({ login }) => !login)?.name ?? '';
  await page.getByRole('menuitem').filter({ has: page.getByText(name, { exact: true }) }).click();
  await stands(page, 'paused');
  expect(await status(page).textContent()).toContain(name);
  const call = await ring();
  // He sees that somebody waits, and is not rung.
  await sees(() => page.getByRole('row', { name: /Accueil/ }).locator('td').first().textContent(), '1');
  expect(await stage.rig.calls(`phone:${camille}`).then((calls) => calls.filter(({ state }) => state !== 'ended'))).toEqual([]);
  await status(page).click();
  await page.getByRole('menuitem', { name: fr.common.state.available }).click();
  await stands(page, 'ringing');
  await stage.rig.hangUp(call.id);
  await stands(page, 'available');
});

test('a pause asked for in a call begins after it', async () => {
  proves('asked while');
  const { page } = await takePost(stage, camille);
  const call = await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  await page.keyboard.press('p');
  await page.getByRole('menuitem').nth(1).click();
  await sees(async () => ((await (await page.request.get('/api/v1/me')).json()) as { pending: { presence: string } | null }).pending?.presence, 'paused');
  await stage.rig.hangUp(call.id);
  await stands(page, 'paused');
});

test('a page that is reloaded in a call shows the call, which went on', async () => {
  const { page } = await takePost(stage, camille);
  const call = await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  const phone = await atPhone(stage.rig, camille, 'established');
  await page.reload();
  await stands(page, 'talking');
  await page.getByText(shownNumber).first().waitFor();
  await stage.rig.hears(phone.id, { tone: tones.caller });
  await page.getByRole('button', { name: fr.banner.card.hangUp }).click();
  await becomes(stage.rig, call.id, 'ended');
});

test('of two tabs one has the banner, and the other can take it', async () => {
  const { page: first, context } = await takePost(stage, camille);
  const second = await context.newPage();
  await second.goto('/banner');
  await second.getByRole('heading', { name: fr.banner.elsewhere.title }).waitFor();
  expect(await second.locator('button[data-state]').count()).toBe(0);
  await second.getByRole('button', { name: fr.banner.elsewhere.take }).click();
  await second.getByRole('button', { name: fr.banner.take.go }).click();
  await stands(second, 'available');
  await first.getByRole('heading', { name: fr.banner.elsewhere.title }).waitFor();
  await ring();
  await stands(second, 'ringing');
  await second.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(second, 'talking');
});

test('a log-in on another machine takes over, and the older banner says so', async () => {
  proves('taken over');
  const { page: older } = await takePost(stage, camille);
  const { page: newer } = await takePost(stage, camille);
  await older.getByRole('heading', { name: fr.banner.ended.takenOver }).waitFor();
  await stands(newer, 'available');
  await older.getByRole('button', { name: fr.banner.ended.again }).click();
  await older.waitForURL('**/login*');
});

test('an open banner outlives the server', async () => {
  const { page } = await takePost(stage, camille);
  stage.expectOutage();
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  await stage.rig.stopNode(true);
  await page.getByText(fr.banner.notice.away).first().waitFor();
  await stage.rig.startNode();
  await page.getByText(fr.banner.notice.away).first().waitFor({ state: 'hidden', timeout: 20_000 });
  await stands(page, 'available');
  await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
});

test('a call is dialled: his own phone rings first, then the called one', async () => {
  const { page } = await takePost(stage, camille);
  const number = page.getByLabel(fr.banner.dial.number);
  await number.fill('06 12 34 56 00');
  await page.getByRole('button', { name: fr.banner.dial.go, exact: true }).click();
  await stands(page, 'dialing');
  await page.getByText(fr.banner.card.pickUp).first().waitFor();
  await page.getByRole('button', { name: fr.common.cancel }).click();
  await stands(page, 'available');
  expect(await stage.rig.calls('carrier')).toEqual([]);
  await stage.rig.phone(camille, { behaviour: 'answer' });
  try {
    await number.fill('06 12 34 56 00');
    await number.press('Enter');
    await stands(page, 'talking');
    expect((await stage.rig.calls('carrier')).at(-1)?.called).toBe('+33612345600');
    await stage.rig.hears((await atPhone(stage.rig, camille, 'established')).id, { tone: tones.called });
    await page.getByRole('button', { name: fr.banner.card.hangUp }).click();
    await stands(page, 'available');
    await page.getByRole('img', { name: fr.banner.history.out }).first().waitFor();
  } finally {
    await stage.rig.phone(camille, { behaviour: 'talk' });
  }
});

test('a call that is refused is offered to the next one', async () => {
  const { page } = await takePost(stage, camille);
  await Api.login(stage.rig.url, stage.rig.person('hugo-bernard'));
  await ring();
  await stands(page, 'ringing');
  await page.getByRole('button', { name: fr.banner.card.refuse }).click();
  await stands(page, 'available');
  await atPhone(stage.rig, 'hugo-bernard', 'ringing');
});

test('a phone that is gone is said', async () => {
  proves('OP-12');
  const { page } = await takePost(stage, camille);
  await stage.rig.phone(camille, { registered: false });
  await page.getByText(fr.banner.notice.phone.unreachable).first().waitFor();
  await stage.rig.phone(camille, { registered: true });
  await page.getByText(fr.banner.notice.phone.unreachable).first().waitFor({ state: 'hidden' });
});

test.each([[1440, 400], [1024, 400]] as const)('the strip at %i × %i shows whose call it is, whole, in each of its states', async (width, height) => {
  const { page } = await stage.desk(camille, '/banner');
  await page.setViewportSize({ width, height });
  await page.getByRole('button', { name: fr.banner.take.go }).click();
  await stands(page, 'available');
  await page.locator('[data-strip]').first().waitFor();
  const faults: string[] = [];
  const look = async (): Promise<void> => {
    const shown = page.locator('[data-strip]').getByText(shownNumber, { exact: true });
    const { cut, seen } = await shown.evaluate((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      // Nothing lies over either end of it.
      const seen = [left + 2, right - 2].every((x) => document.elementFromPoint(x, (top + bottom) / 2) === element);
      return { cut: element.scrollWidth > element.clientWidth, seen };
    });
    expect({ cut, seen }).toEqual({ cut: false, seen: true });
    for (const fault of [...(await lookAt(page)), ...(await axe(page))]) faults.push(fault);
  };
  const call = await ring({ name: 'Anne-Sophie Chevallier-Dupont de la Rochefoucauld' });
  await stands(page, 'ringing');
  await look();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  await look();
  // What the line has no room for stands with the notes; Escape closes them and leaves the focus at hand.
  const sheet = page.getByRole('button', { name: fr.banner.sheet });
  await sheet.click();
  await page.getByLabel(fr.banner.note.label).fill('Rappeler demain');
  await page.locator('[data-part="sheet"]').getByText(fr.banner.card.service).waitFor();
  await look();
  await page.keyboard.press('Escape');
  await page.getByLabel(fr.banner.note.label).waitFor({ state: 'detached' });
  await expect.poll(() => sheet.evaluate((button) => button === document.activeElement)).toBe(true);
  await stage.rig.hangUp(call.id);
  await stands(page, 'wrap_up');
  await look();
  expect(faults).toEqual([]);
});
