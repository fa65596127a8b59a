import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { Api } from '../api';
import { atPhone, stands, status, takePost } from '../post';
import { proves } from '../proves';
import { changes } from '../record';
import { Stage } from '../stage';
import { fr } from '../words';

// How an operator's session begins and ends. The shortest times run on the real clock here; the
// long ones, and the changes of the clock, on a clock that the tests of the server set.

const stage = Stage.forFile();

const camille = 'camille-martin';
const hugo = 'hugo-bernard';
const words = fr.banner;

function ring() {
  return stage.rig.call({ to: stage.rig.group('Accueil').number });
}

async function presence(login: string): Promise<string | undefined> {
  const { id } = stage.rig.person(login);
  return (await stage.api.floor()).operators.find((operator) => operator.id === id)?.presence;
}

/** Why somebody's last session of today ended. */
async function reason(login: string): Promise<string | null | undefined> {
  const { data } = await stage.api.client.GET('/api/v1/floor/operators/{id}/day', { params: { path: { id: stage.rig.person(login).id } } });
  return data?.sessions.at(-1)?.reason;
}

function ended(page: Page, why: keyof typeof words.ended.reason) {
  return page.getByText(words.ended.reason[why]).waitFor();
}

test('the phone is asked for, that of last time proposed, and until it is given she is paused', async () => {
  proves('OP-13', 'login');
  await changes(stage, camille, { askPhoneAtLogin: true });
  const { page } = await stage.desk(camille, '/banner');
  await page.getByText(words.take.pausedPhone).waitFor();
  const { id } = await ring();
  await page.getByRole('combobox', { name: words.phone.choose }).selectOption({ label: 'Poste de Camille Martin' });
  expect((await stage.rig.calls(`phone:${camille}`)).filter(({ state }) => state !== 'ended')).toEqual([]);
  await page.getByRole('button', { name: words.phone.use }).click();
  // The one who waits gets through, and with him she is at her post.
  await atPhone(stage.rig, camille, 'ringing');
  await stands(page, 'ringing');
  await stage.rig.hangUp(id);
  await stands(page, 'available');
  await page.getByRole('button', { name: 'Camille Martin' }).click();
  await page.getByRole('menuitem', { name: fr.common.logout }).click();
  await page.waitForURL('**/login*');
  const { page: again } = await stage.desk(camille, '/banner');
  await again.getByText(words.take.pausedPhone).waitFor();
  await expect.poll(() => again.getByRole('combobox', { name: words.phone.choose }).locator('option:checked').textContent()).toBe('Poste de Camille Martin');
});

test('paused at the log-in, she is rung once she makes herself available', async () => {
  proves('OP-26', 'login');
  await changes(stage, camille, { pauseAtLogin: true });
  const { page } = await takePost(stage, camille);
  await stands(page, 'paused');
  await ring();
  await page.getByRole('row', { name: /Accueil/ }).locator('td').first().filter({ hasText: '1' }).waitFor();
  await stands(page, 'paused');
  await status(page).click();
  await page.getByRole('menuitem', { name: fr.common.state.available }).click();
  await stands(page, 'ringing');
});

test('she logs out by her own click, and the record says so', async () => {
  proves('end: manual');
  const { page } = await takePost(stage, camille);
  await page.getByRole('button', { name: 'Camille Martin' }).click();
  await page.getByRole('menuitem', { name: fr.common.logout }).click();
  await page.waitForURL('**/login*');
  expect(await presence(camille)).toBe('logged_out');
  expect(await reason(camille)).toBe('manual');
});

test('a supervisor logs her out, and her banner says who did', async () => {
  proves('end: supervisor');
  const { page } = await takePost(stage, camille);
  const claire = await Api.login(stage.rig.url, stage.rig.person('claire-dubois'));
  const { response } = await claire.client.POST('/api/v1/floor/operators/{id}/actions', {
    params: { path: { id: stage.rig.person(camille).id } }, body: { action: 'logout' },
  });
  expect(response.status).toBe(200);
  await ended(page, 'supervisor');
  expect(await reason(camille)).toBe('supervisor');
});

test('a record that is disabled in a call ends the session after it', async () => {
  proves('end: disabled', 'mid-call');
  const { page } = await takePost(stage, camille);
  const { id } = await ring();
  await page.getByRole('button', { name: words.card.answer }).click();
  await stands(page, 'talking');
  await changes(stage, camille, { enabled: false });
  await page.getByText(words.pending.logout).waitFor();
  await stands(page, 'talking');
  expect((await stage.rig.look(id)).state).toBe('established');
  await stage.rig.hangUp(id);
  await ended(page, 'disabled');
  expect(await reason(camille)).toBe('disabled');
});

test('in real seconds: a phone rings for its time, rests for its time, and rings out once too often', async () => {
  proves('OP-15', 'OP-16', 'OP-18');
  await changes(stage, camille, { ringSeconds: 5, retrySeconds: 3, missedLogoutCount: 1 });
  const { page } = await takePost(stage, camille);
  const before = (await stage.rig.calls(`phone:${camille}`)).length;
  await ring();
  await stands(page, 'ringing');
  await page.getByText(words.notice.ignored).waitFor();
  await ended(page, 'missed');
  expect(await reason(camille)).toBe('missed');
  const [first, second, ...more] = (await stage.rig.calls(`phone:${camille}`)).slice(before);
  if (!first || !second) throw new Error('it did not ring twice');
  expect(more).toEqual([]);
  for (const { beganAt, endedAt } of [first, second]) expect(Math.abs(endedAt - beganAt - 5000), 'rung for').toBeLessThan(1000);
  expect(Math.abs(second.beganAt - first.endedAt - 3000), 'rested for').toBeLessThan(1000);
});

test('in real seconds: a closed window logs out after thirty, unless it comes back or the session is persistent', async () => {
  proves('OP-25');
  await changes(stage, hugo, { persistentSession: true });
  const { page } = await takePost(stage, camille);
  const { page: persistent } = await takePost(stage, hugo);
  await page.reload();
  await stands(page, 'available');
  await persistent.close();
  const closed = Date.now();
  await page.close();
  await expect.poll(() => presence(camille), { timeout: 45_000, interval: 200 }).toBe('logged_out');
  expect(Date.now() - closed).toBeGreaterThan(28_000);
  expect(await reason(camille)).toBe('window');
  expect(await presence(hugo)).toBe('available');
});

test('in real seconds: at the end of a pause with a limit she is told, then available and rung', async () => {
  proves('pause types');
  const { data: types } = await stage.api.client.GET('/api/v1/pause-types');
  const type = types?.items.find(({ login, names }) => !login && names.fr !== '');
  if (!type) throw new Error('no pause type');
  const limit = (maxMinutes: number | null) => stage.api.client.PATCH('/api/v1/pause-types/{id}', { params: { path: { id: type.id } }, body: { maxMinutes } });
  await limit(1);
  try {
    const { page } = await takePost(stage, camille);
    await status(page).click();
    await page.getByRole('menuitem').filter({ has: page.getByText(type.names.fr, { exact: true }) }).click();
    await stands(page, 'paused');
    await ring();
    await page.getByText(words.pause.near).first().waitFor({ timeout: 40_000 });
    await stands(page, 'paused');
    await page.locator('button[data-state="ringing"]').first().waitFor({ timeout: 40_000 });
  } finally {
    await limit(type.maxMinutes);
  }
}, 120_000);

test('during a call nothing of it: she asks to leave, and leaves with the call', async () => {
  proves('asked while');
  const { page } = await takePost(stage, camille);
  const { id } = await ring();
  await page.getByRole('button', { name: words.card.answer }).click();
  await stands(page, 'talking');
  await page.getByRole('button', { name: 'Camille Martin' }).click();
  await page.getByRole('menuitem', { name: fr.common.logout }).click();
  await page.getByText(words.pending.logout).waitFor();
  await stands(page, 'talking');
  expect((await stage.rig.look(id)).state).toBe('established');
  await stage.rig.hangUp(id);
  await page.waitForURL('**/login*');
  expect(await reason(camille)).toBe('manual');
});
