import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { Api } from '../api';
import { atPhone, becomes, sees, stands, status, takePost } from '../post';
import { proves } from '../proves';
import { changes } from '../record';
import { Stage } from '../stage';
import { bannerWords, filled, fr } from '../words';

// What the settings of an operator's record do to his banner and to his calls.

const stage = Stage.forFile();

const camille = 'camille-martin';
const hugo = 'hugo-bernard';
const words = fr.banner;
const caller = '+33612345678';

/** Somebody without a name calls Accueil, where Camille is first. */
function ring() {
  return stage.rig.call({ to: stage.rig.group('Accueil').number, caller });
}

async function answers(page: Page): Promise<void> {
  await page.getByRole('button', { name: words.card.answer }).click();
  await stands(page, 'talking');
}

function dialButton(page: Page) {
  return page.getByRole('button', { name: words.dial.go, exact: true });
}

/** Camille dials on the banner and picks up her own phone: the call that arrives outside. */
async function dials(page: Page, number: string, field: string = words.dial.number) {
  await stage.rig.phone(camille, { behaviour: 'answer' });
  try {
    await page.getByLabel(field).fill(number);
    await dialButton(page).click();
    await stands(page, 'talking');
    return (await stage.rig.calls('carrier')).at(-1);
  } finally {
    await stage.rig.phone(camille, { behaviour: 'talk' });
  }
}

test('the banner speaks the language of the record, whatever that of the browser', async () => {
  proves('OP-03');
  const { page } = await takePost(stage, 'giulia-rossi');
  await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('it');
  await page.getByText(bannerWords.it.groups.present).first().waitFor();
  await changes(stage, 'giulia-rossi', { language: 'es' });
  await page.reload();
  await page.getByText(bannerWords.es.groups.present).first().waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('es');
});

test('supervision shows the full name there is now', async () => {
  proves('OP-04');
  await Api.login(stage.rig.url, stage.rig.person('ines-moreau'));
  const { page } = await stage.desk('claire-dubois', '/supervision?view=operators');
  await page.getByRole('button', { name: 'Inès Moreau' }).waitFor();
  await changes(stage, 'ines-moreau', { fullName: 'Inès Moreau-Lacroix' });
  await page.getByRole('button', { name: 'Inès Moreau-Lacroix' }).waitFor();
});

test('the waiting counts of her groups, and of no other, go with the switch', async () => {
  proves('OP-07');
  const { page } = await takePost(stage, camille);
  const table = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: words.groups.present }) });
  await table.getByRole('columnheader', { name: words.groups.waiting }).waitFor();
  expect(await table.getByRole('rowheader').allTextContents().then((names) => names.map((name) => name.trim()))).toEqual(['Accueil']);
  await changes(stage, camille, { showWaiting: false });
  await table.getByRole('columnheader', { name: words.groups.waiting }).waitFor({ state: 'detached' });
  await table.getByRole('rowheader', { name: 'Accueil' }).waitFor();
});

test('numbers kept from the history do not reach the page, and are called back all the same', async () => {
  proves('OP-08');
  await changes(stage, camille, { showNumbersInHistory: false, wrapUpSeconds: 0 });
  const { page } = await takePost(stage, camille);
  const told: string[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/me/history')) void response.text().then((text) => told.push(text), () => undefined);
  });
  const call = await ring();
  await answers(page);
  await stage.rig.hangUp(call.id);
  await stands(page, 'available');
  const line = page.getByRole('listitem').filter({ hasText: words.history.hidden }).first();
  await line.waitFor();
  await stage.rig.phone(camille, { behaviour: 'answer' });
  try {
    await line.getByRole('button').click();
    await stands(page, 'talking');
  } finally {
    await stage.rig.phone(camille, { behaviour: 'talk' });
  }
  expect((await stage.rig.calls('carrier')).at(-1)?.called).toBe(caller);
  expect(await page.getByText('6 12 34 56 78').count()).toBe(0);
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter((text) => text.includes('612345678'))).toEqual([]);
});

test('who is always connected is rung although she pauses', async () => {
  proves('OP-10');
  await changes(stage, camille, { alwaysConnected: true });
  const { page } = await takePost(stage, camille);
  await status(page).click();
  await page.getByRole('menuitem').nth(1).click();
  await stands(page, 'paused');
  await ring();
  await stands(page, 'ringing');
  await answers(page);
});

test('REC stands on the card as long as she is recorded, and only then', async () => {
  proves('OP-11');
  await changes(stage, camille, { record: true, wrapUpSeconds: 0 });
  const { page } = await takePost(stage, camille);
  const rec = page.getByTitle(words.card.recording);
  const first = await ring();
  await answers(page);
  await rec.waitFor();
  await stage.rig.hangUp(first.id);
  await rec.waitFor({ state: 'detached' });
  await stands(page, 'available');
  await changes(stage, camille, { record: false });
  const second = await ring();
  await answers(page);
  expect(await rec.count()).toBe(0);
  await stage.rig.hangUp(second.id);
});

test('a phone serves one at a time: the second is told, and gets no call', async () => {
  proves('OP-12');
  const { data } = await stage.api.client.GET('/api/v1/operators/{id}', { params: { path: { id: stage.rig.person(camille).id } } });
  await changes(stage, hugo, { phone: data?.phone ?? null });
  await takePost(stage, camille);
  const { page } = await takePost(stage, hugo);
  await stands(page, 'paused');
  await page.getByText(words.notice.phone.in_use).first().waitFor();
  await ring();
  await atPhone(stage.rig, camille, 'ringing');
  await stands(page, 'paused');
});

test('her own wrap-up of nothing goes before that of the group, and a change is for the next call', async () => {
  proves('OP-14', 'mid-call');
  await changes(stage, camille, { wrapUpSeconds: 0 });
  const { page } = await takePost(stage, camille);
  const first = await ring();
  await answers(page);
  await changes(stage, camille, { wrapUpSeconds: 40 });
  await stage.rig.hangUp(first.id);
  await stands(page, 'available');
  const second = await ring();
  await answers(page);
  await stage.rig.hangUp(second.id);
  await stands(page, 'wrap_up');
  await expect.poll(() => page.getByRole('main').textContent()).toMatch(/0:(?:40|3\d)/);
});

test('who may not call has no dial box and no way to call back, but the emergency numbers', async () => {
  proves('OP-20');
  await changes(stage, camille, { allowOutgoing: false, wrapUpSeconds: 0 });
  const { page } = await takePost(stage, camille);
  const call = await ring();
  await answers(page);
  await stage.rig.hangUp(call.id);
  await stands(page, 'available');
  await page.getByRole('listitem').filter({ hasText: '6 12 34 56 78' }).first().waitFor();
  expect(await page.getByLabel(words.dial.number).count()).toBe(0);
  expect(await page.getByRole('button', { name: filled(words.history.callBack, { who: '' }).trim() }).count()).toBe(0);
  const refused = await page.request.post('/api/v1/me/calls', { data: { number: '0612345600' } });
  expect(refused.status()).toBe(403);
  await page.getByRole('button', { name: words.dial.emergency }).click();
  expect(await dials(page, '112', words.dial.emergency)).toMatchObject({ called: '112' });
});

test('she changes her phone on the banner where she may, and it is written to her record', async () => {
  proves('OP-21');
  const { page } = await takePost(stage, camille);
  const account = page.getByRole('button', { name: 'Camille Martin' });
  const change = page.getByRole('menuitem', { name: words.phone.change });
  await account.click();
  await page.getByRole('menuitem', { name: fr.common.logout }).waitFor();
  expect(await change.count()).toBe(0);
  await page.keyboard.press('Escape');
  const { data } = await stage.api.client.GET('/api/v1/operators/{id}', { params: { path: { id: stage.rig.person(camille).id } } });
  await changes(stage, camille, { allowPhoneChange: true, phone: data?.phone ?? null });
  await account.click();
  await change.click();
  const dialog = page.getByRole('dialog', { name: words.phone.change });
  await dialog.getByRole('combobox', { name: words.phone.choose }).selectOption({ label: stage.rig.sparePhone });
  await dialog.getByRole('button', { name: words.phone.use }).click();
  await dialog.waitFor({ state: 'detached' });
  await ring();
  await stands(page, 'ringing');
  await atPhone(stage.rig, 'libre', 'ringing');
  const { data: after } = await stage.api.client.GET('/api/v1/operators/{id}', { params: { path: { id: stage.rig.person(camille).id } } });
  expect(after?.phone?.account).not.toBe(data?.phone?.account);
});

test('only the technical team has fields for the pages of calls', async () => {
  proves('OP-22', 'OP-23');
  const { operators } = fr.admin;
  const fields = [operators.incomingUrl, operators.outgoingUrl];
  for (const [login, count] of [['tech-fr', 1], ['marc-lefevre', 0]] as const) {
    const { page } = await stage.desk(login, `/admin/operators/${stage.rig.person(camille).id}`);
    await page.getByRole('textbox', { name: operators.fullName }).first().waitFor();
    for (const field of fields) expect(await page.getByRole('textbox', { name: field }).count(), `${field} for ${login}`).toBe(count);
  }
});

test('a number is completed as her country does', async () => {
  proves('OP-27');
  await changes(stage, camille, { dialCountry: 'IT' });
  const { page } = await takePost(stage, camille);
  expect(await dials(page, '06 6982 1234')).toMatchObject({ called: '+390669821234' });
});

test('a call to her own number rings, and says that it is for her', async () => {
  proves('OP-05b');
  await changes(stage, camille, { directNumber: '+33199001077' });
  const { page } = await takePost(stage, camille);
  const { id } = await stage.rig.call({ to: '+33199001077', caller });
  await stands(page, 'ringing');
  await page.getByRole('main').getByText(words.card.direct).first().waitFor();
  await answers(page);
  await stage.rig.hangUp(id);
  await becomes(stage.rig, id, 'ended');
  await stands(page, 'available');
});

test('the number of her record is shown to whom she calls, and that of nobody where it is withheld', async () => {
  proves('OP-05');
  const { page } = await takePost(stage, camille);
  await changes(stage, camille, { callerId: { mode: 'custom', number: '+33180000000' }, wrapUpSeconds: 0 });
  const shown = await dials(page, '06 12 34 56 00');
  expect(shown?.from).toBe('+33180000000');
  await page.getByRole('button', { name: words.card.hangUp }).click();
  await stands(page, 'available');
  await changes(stage, camille, { callerId: { mode: 'anonymous', number: null } });
  const hidden = await dials(page, '06 12 34 56 00');
  expect(hidden?.id).not.toBe(shown?.id);
  expect(hidden?.from).toBe('anonymous');
  await sees(() => stage.rig.calls('carrier').then((calls) => calls.filter(({ state }) => state === 'established').length), 1);
});
