import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { Api } from '../api';
import { axe, lookAt } from '../inspect';
import { tabTo } from '../keyboard';
import { atPhone, stands, takePost } from '../post';
import { Stage } from '../stage';
import { filled, fr } from '../words';

const stage = Stage.forFile();

const words = fr.admin;

/** A WAV file of so many seconds of a tone. */
function tone(seconds: number): Buffer {
  const samples = 8000 * seconds;
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8000, 24);
  file.writeUInt32LE(16_000, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) file.writeInt16LE(Math.round(8000 * Math.sin(i / 3)), 44 + i * 2);
  return file;
}

test('a group is made that takes turns, with a sound and hours, and shows who is next while they come and go', async () => {
  // The sound: one that is none is refused with what is wrong, the other is there to be listened to.
  const { page } = await stage.desk('marc-lefevre', '/admin/sounds');
  await page.getByText(words.sounds.empty).waitFor();
  await page.locator('input[type="file"]').setInputFiles([
    { name: 'logo.wav', mimeType: 'audio/wav', buffer: Buffer.from('<svg xmlns=""/>') },
    { name: 'Bienvenue.wav', mimeType: 'audio/wav', buffer: tone(2) },
  ]);
  await page.getByText('il commence par "<svg xml"').waitFor();
  await page.getByText(words.sounds.stored).waitFor();
  const listen = page.getByRole('button', { name: filled(words.sounds.listen, { name: 'Bienvenue' }) });
  await listen.click();
  await page.getByRole('button', { name: filled(words.sounds.stop, { name: 'Bienvenue' }) }).waitFor();
  // Two seconds later it has been played to its end.
  await listen.waitFor();
  expect(await axe(page)).toEqual([]);

  // The group, its members in an order of their own: by keyboard.
  const { page: banner, person: camille } = await takePost(stage, 'camille-martin');
  const hugo = stage.rig.person('hugo-bernard');
  await page.goto('/admin/groups/new');
  await page.getByRole('textbox', { name: words.groups.name }).first().fill('Relais');
  await page.getByRole('radio', { name: words.groups.strategies.rotating }).check();
  await page.getByText(words.groups.membersRule.rotating).waitFor();
  for (const { name } of [hugo, camille]) await page.getByRole('button', { name: filled(words.groups.add, { name }) }).click();
  await tabTo(page, page.getByRole('button', { name: filled(words.groups.up, { name: camille.name }) }));
  await page.keyboard.press('Enter');
  await page.getByText(filled(words.groups.saidMoved, { name: camille.name, place: 1, total: 2 })).waitFor({ state: 'attached' });

  // Who is next follows the floor.
  const next = page.locator('[data-next]');
  const others = page.getByRole('list', { name: words.groups.next.others });
  await page.getByText(filled(words.groups.next.one, { name: camille.name })).waitFor();
  expect(await next.getAttribute('data-next')).toBe(camille.id);
  await others.getByText(fr.common.passedOver.logged_out).waitFor();
  const pauseType = (await stage.api.client.GET('/api/v1/pause-types')).data?.items[0]?.id ?? '';
  await stage.api.client.POST('/api/v1/floor/operators/{id}/actions', { params: { path: { id: camille.id } }, body: { action: 'pause', pauseType } });
  await stands(banner, 'paused');
  await page.getByText(words.groups.next.nobody).waitFor();
  await others.getByText(fr.common.passedOver.paused).waitFor();

  // What it plays, and when it is open: closed on a Monday, and every other day a copy of Tuesday.
  await page.getByRole('combobox', { name: words.groups.welcome }).click();
  await page.getByRole('option', { name: 'Bienvenue' }).click();
  await page.getByRole('radio', { name: words.hours.modes.hours }).check();
  const slot = (word: string, day: string, n = 1) => filled(word, { day, n });
  await page.getByRole('button', { name: slot(words.hours.removeSlot, 'Lundi') }).click();
  const to = page.getByRole('textbox', { name: slot(words.hours.to, 'Mardi') });
  await to.fill('9');
  await to.blur();
  await page.getByText('La fin doit différer du début').waitFor();
  expect(await to.inputValue()).toBe('09:00');
  await to.fill('1:30');
  await to.blur();
  await page.getByText(words.hours.nextDay).first().waitFor();
  await page.getByRole('button', { name: slot(words.hours.copy, 'Mardi') }).press('Enter');
  await page.getByRole('menuitem', { name: 'Samedi' }).press('Enter');
  await page.getByRole('button', { name: words.hours.addHoliday }).click();
  await page.getByRole('textbox', { name: filled(words.hours.nameOf, { n: 1 }) }).first().fill("Jour de l'an");
  await page.getByRole('button', { name: words.hours.addException }).click();
  await page.getByLabel(filled(words.hours.dateOf, { n: 1 })).fill('2030-12-24');
  await page.getByText('Mardi 24 décembre').waitFor();

  // Saved, and what is hardly meant is said: nobody is told where to go outside of the hours.
  await page.getByRole('button', { name: words.form.create, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Relais' }).waitFor();
  await page.getByRole('note').getByText('débordement raccroche').waitFor();
  const { data } = await stage.api.client.GET('/api/v1/groups');
  const made = data?.items.find(({ name }) => name === 'Relais');
  expect(made?.strategy).toBe('rotating');
  expect(made?.members.map(({ operator }) => operator)).toEqual([camille.id, hugo.id]);
  expect(made?.announcements.welcome).not.toBeNull();
  expect(made?.openingHours).toMatchObject({
    weekly: [{ days: ['tue', 'sat'], from: '09:00', to: '01:30' }, { days: ['wed', 'thu', 'fri'], from: '09:00', to: '18:00' }],
    holidays: [{ month: 1, day: 1, name: "Jour de l'an" }],
    exceptions: [{ date: '2030-12-24', slots: [] }],
  });
  expect(await lookAt(page)).toEqual([]);
  expect(await axe(page)).toEqual([]);

  // A sound in use stays, and says where; the group goes, and says that nobody waits.
  await page.goto('/admin/sounds');
  await page.getByRole('button', { name: filled(words.sounds.delete, { name: 'Bienvenue' }) }).click();
  await page.getByRole('dialog').getByRole('button', { name: words.form.delete }).click();
  await page.getByRole('dialog', { name: words.form.deleteRefused }).getByText('Relais').waitFor();
  await page.keyboard.press('Escape');
  await page.goto(`/admin/groups/${made?.id ?? ''}`);
  await page.getByRole('button', { name: words.form.delete, exact: true }).click();
  await page.getByRole('dialog').getByText(words.groups.deleteNobody).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: words.form.delete }).click();
  await page.waitForURL('**/admin/groups');
}, 120_000);

test('a call to a number outside of its opening hours takes the way that its page says', async () => {
  const { number } = stage.rig.group('Accueil');
  const { data: numbers } = await stage.api.client.GET('/api/v1/numbers');
  const id = numbers?.items.find((one) => one.number === number)?.id ?? '';
  const path = { params: { path: { id } } };
  const { page } = await stage.desk('marc-lefevre', `/admin/numbers/${id}`);
  try {
    await page.getByRole('radio', { name: words.hours.modes.hours }).check();
    // Closed on every day of the week, whatever the time is.
    for (const day of ['Lundi', 'Mardi', 'Mercredi', 'Jeudi', 'Vendredi']) {
      await page.getByRole('button', { name: filled(words.hours.removeSlot, { day, n: 1 }) }).click();
    }
    await page.getByText(words.hours.closed).waitFor();
    await page.getByRole('combobox', { name: words.hours.exit }).click();
    await page.getByRole('option', { name: words.destination.group }).click();
    // The first group is that of the destination.
    await page.getByRole('combobox', { name: words.destination.toGroup }).nth(1).click();
    await page.getByRole('option', { name: 'Conseil' }).click();
    await page.getByRole('button', { name: fr.common.save }).click();
    await page.getByText(words.form.saved).first().waitFor();
    const { data: saved } = await stage.api.client.GET('/api/v1/numbers/{id}', path);
    expect(saved?.openingHours).toMatchObject({ weekly: [], exit: { type: 'group', id: stage.rig.group('Conseil').id } });
    await page.reload();
    await page.getByText(words.hours.closed).waitFor();

    for (const login of ['camille-martin', 'ines-moreau']) await Api.login(stage.rig.url, stage.rig.person(login));
    await stage.rig.call({ to: number });
    await atPhone(stage.rig, 'ines-moreau', 'ringing');
    expect(await stage.rig.calls('phone:camille-martin')).toEqual([]);
  } finally {
    await stage.api.client.PATCH('/api/v1/numbers/{id}', { ...path, body: { openingHours: null } });
  }
});

test('members are put into their order with the mouse', async () => {
  const { id } = stage.rig.group('International');
  const path = { params: { path: { id } } };
  const order = async () => (await stage.api.client.GET('/api/v1/groups/{id}', path)).data?.members ?? [];
  const before = await order();
  const { page } = await stage.desk('marc-lefevre', `/admin/groups/${id}`);
  const members = page.getByRole('group', { name: words.groups.members, exact: true });
  const row = (login: string) => members.locator(`[data-operator="${stage.rig.person(login).id}"]`);
  try {
    // The last one onto the upper half of the first, then the one that was first to the end.
    await row('lucia-garcia').dragTo(row('emma-taylor'), { targetPosition: { x: 60, y: 2 } });
    const last = await row('giulia-rossi').boundingBox();
    await row('emma-taylor').dragTo(row('giulia-rossi'), { targetPosition: { x: 60, y: (last?.height ?? 0) - 2 } });
    await page.getByText(filled(words.groups.saidMoved, { name: stage.rig.person('emma-taylor').name, place: 3, total: 3 })).waitFor({ state: 'attached' });
    await page.getByRole('button', { name: fr.common.save }).click();
    await page.getByText(words.form.saved).first().waitFor();
    const people = ['lucia-garcia', 'giulia-rossi', 'emma-taylor'].map((login) => stage.rig.person(login).id);
    expect((await order()).map(({ operator }) => operator)).toEqual(people);
  } finally {
    await stage.api.client.PATCH('/api/v1/groups/{id}', { ...path, body: { members: before } });
  }
});

test('a sound that is too large is refused where it stands', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bandeau-sounds-'));
  try {
    const limit = 32 * 1024 * 1024;
    // The page itself stops the first; the second it sends, and there it is too large by what is around it.
    const files = [['Roman.wav', limit + 1], ['Nouvelle.wav', limit]] as const;
    for (const [name, size] of files) {
      await writeFile(join(folder, name), tone(1));
      await truncate(join(folder, name), size);
    }
    const { page } = await stage.desk('marc-lefevre', '/admin/sounds');
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.request().method() === 'POST') statuses.push(response.status());
    });
    await page.locator('input[type="file"]').setInputFiles(files.map(([name]) => join(folder, name)));
    for (const [name] of files) await page.getByRole('listitem').filter({ hasText: name }).getByText(words.sounds.tooLarge).waitFor();
    expect(statuses).toEqual([413]);
    expect((await stage.api.client.GET('/api/v1/sounds')).data?.items.map(({ name }) => name)).not.toContain('Nouvelle');
  } finally {
    await rm(folder, { recursive: true });
  }
});
