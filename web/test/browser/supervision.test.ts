import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { Api } from '../api';
import { axe, settled } from '../inspect';
import { tabTo } from '../keyboard';
import { noteWhen } from '../measure';
import { atPhone } from '../post';
import { Stage } from '../stage';
import { filled, fr } from '../words';

const stage = Stage.forFile();

const ines = 'ines-moreau';
const words = fr.supervision;
const lost = fr.common.stale.slice(0, fr.common.stale.indexOf('{{'));

/** Each fact has to be on the screen within this time. */
const second = 1000;

async function open(path = '/supervision'): Promise<Page> {
  const { page } = await stage.desk('claire-dubois', path);
  await page.getByText(words.connection.live).waitFor();
  return page;
}

/** Does something that is a fact from then on, and says how long it takes until it is shown. */
async function shownAfter(page: Page, selector: string, act: () => Promise<number | undefined>): Promise<number> {
  const read = await noteWhen(page, selector);
  const before = Date.now();
  const fact = (await act()) ?? before;
  let shown = 0;
  await expect.poll(async () => (shown = await read()), { timeout: 5000, interval: 20 }).toBeGreaterThan(0);
  return shown - fact;
}

function row(state: string): string {
  return `[data-operator="${stage.rig.person(ines).name}"][data-state="${state}"]`;
}

test('each fact is shown within a second', async () => {
  const page = await open();
  const { name, number } = stage.rig.group('Conseil');
  const tile = `[data-group="${name}"]`;
  const late: Record<string, number> = {};
  let api: Api | undefined;
  let id = '';
  const nothing = async (done: Promise<unknown>): Promise<undefined> => {
    await done;
    return undefined;
  };
  const mine = () => {
    if (!api) throw new Error('not logged in');
    return api.client;
  };
  late['somebody waits'] = await shownAfter(page, `${tile}[data-alarm="true"]`, async () => {
    const call = await stage.rig.call({ to: number, caller: '+33712345678', name: 'Luc Petit' });
    ({ id } = call);
    return call.beganAt;
  });
  await page.getByRole('listitem').filter({ hasText: '+33 7 12 34 56 78' }).getByText('Luc Petit').waitFor();
  late['his phone rings'] = await shownAfter(page, row('ringing'), async () => {
    const before = Date.now();
    api = await Api.login(stage.rig.url, stage.rig.person(ines));
    await expect.poll(async () => (await stage.rig.calls(`phone:${ines}`)).at(-1)?.beganAt ?? 0, { interval: 10 }).toBeGreaterThan(before);
    return (await stage.rig.calls(`phone:${ines}`)).at(-1)?.beganAt;
  });
  late['they talk'] = await shownAfter(page, row('talking'), async () => {
    const { data } = await mine().GET('/api/v1/me');
    const call = data && 'calls' in data ? (data.calls[0]?.id ?? '') : '';
    await mine().POST('/api/v1/me/calls/{id}/answer', { params: { path: { id: call } } });
    return (await stage.rig.calls(`phone:${ines}`)).at(-1)?.answeredAt;
  });
  late['the caller hangs up'] = await shownAfter(page, row('available'), async () => (await stage.rig.hangUp(id)).endedAt);
  const { data: types } = await stage.api.client.GET('/api/v1/pause-types');
  const pauseType = types?.items.find(({ login }) => !login)?.id ?? '';
  late['she pauses'] = await shownAfter(page, row('paused'), () =>
    nothing(mine().PUT('/api/v1/me/presence', { body: { presence: 'paused', pauseType } })));
  late['she is back'] = await shownAfter(page, row('available'), () =>
    nothing(mine().PUT('/api/v1/me/presence', { body: { presence: 'available' } })));
  late['she logs out'] = await shownAfter(page, row('logged_out'), () => nothing(mine().POST('/api/v1/logout')));
  expect(Object.entries(late).filter(([, ms]) => ms > second), JSON.stringify(late)).toEqual([]);
  // What it all came to.
  const cells = page.locator(row('logged_out')).getByRole('cell');
  await expect.poll(async () => (await cells.nth(5).textContent())?.replace(/\D/g, '')).toBe('1');
});

test('an open page outlives the server, and says how old its data are', async () => {
  const page = await open();
  stage.expectOutage();
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  await stage.rig.stopNode(true);
  await page.getByText(lost).waitFor();
  await stage.rig.startNode();
  await page.getByText(words.connection.live).waitFor({ timeout: 20_000 });
  await page.getByText(lost).waitFor({ state: 'hidden' });
  await stage.rig.call({ to: stage.rig.group('Conseil').number, name: 'Après la panne' });
  await page.getByText('Après la panne').waitFor();
  expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
});

test('without a pointer: an operator is found, opened and paused, and the record says who did it', async () => {
  const page = await open('/supervision?view=operators');
  await Api.login(stage.rig.url, stage.rig.person(ines));
  const { name } = stage.rig.person(ines);
  await page.keyboard.press('/');
  await page.keyboard.type('moreau');
  await page.locator(row('available')).waitFor();
  await expect.poll(() => page.locator('[data-operator]').count()).toBe(1);
  // From the field to the head of the table and on to its first row.
  for (let steps = 0; steps < 40 && (await focusedText(page)) !== name; steps++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name });
  await drawer.waitFor();
  const pause = drawer.getByRole('button', { name: words.action.pause });
  await pause.waitFor();
  for (let steps = 0; steps < 40 && (await focusedText(page)) !== words.action.pause; steps++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: filled(words.ask.pause, { name }) });
  await question.waitFor();
  await question.getByText(words.recorded).waitFor();
  for (let steps = 0; steps < 10 && (await focusedText(page)) !== words.action.pause; steps++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText(filled(words.done.pause, { name })).waitFor();
  await page.locator(row('paused')).waitFor();
  await question.waitFor({ state: 'hidden' });
  // What was done is in the day's record, with the name of who did it.
  const summary = drawer.locator('summary').first();
  await summary.focus();
  await page.keyboard.press('Enter');
  await drawer.getByRole('cell', { name: filled(words.day.supervisor, { name: 'Claire Dubois' }) }).first().waitFor();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
});

function focusedText(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent ?? '');
}

test('a supervisor without the right sees no operators, and one of some groups sees no other', async () => {
  const { client } = stage.api;
  const { data: users } = await client.GET('/api/v1/users');
  const claire = users?.items.find(({ login }) => login === 'claire-dubois');
  if (!claire) throw new Error('no Claire');
  const change = (body: { groups: string[] | null; rights: { operatorDetail: boolean; listen: boolean } }) =>
    client.PATCH('/api/v1/users/{id}', { params: { path: { id: claire.id } }, body });
  await change({ groups: [stage.rig.group('Accueil').id], rights: { operatorDetail: false, listen: false } });
  try {
    const page = await open();
    await page.locator('[data-group="Accueil"]').waitFor();
    expect(await page.locator('[data-group]').count()).toBe(1);
    await page.getByText(words.operators.noRight).waitFor();
    expect(await page.locator('[data-operator]').count()).toBe(0);
  } finally {
    await change({ groups: null, rights: { operatorDetail: true, listen: false } });
  }
});

test('the wallboard shows who waits', async () => {
  const { page } = await stage.desk('claire-dubois', '/supervision/wallboard');
  const conseil = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Conseil' }) });
  const waiting = conseil.locator('dd').first();
  await expect.poll(() => waiting.textContent()).toBe('0');
  const { id } = await stage.rig.call({ to: stage.rig.group('Conseil').number });
  await expect.poll(() => waiting.textContent()).toBe('1');
  await stage.rig.hangUp(id);
  await expect.poll(() => waiting.textContent()).toBe('0');
});

test('a call is told while it happens: to whom it was offered, why, and who was passed over', async () => {
  const { rig } = stage;
  const group = rig.group('International');
  const [emma, giulia, lucia] = [rig.person('emma-taylor'), rig.person('giulia-rossi'), rig.person('lucia-garcia')];
  const page = await open();
  // Nobody can take it: it waits, and who supervises goes to it by keyboard.
  const first = await Api.login(rig.url, emma);
  const { data: types } = await stage.api.client.GET('/api/v1/pause-types');
  const pauseType = types?.items.find(({ login }) => !login)?.id ?? '';
  await first.client.PUT('/api/v1/me/presence', { body: { presence: 'paused', pauseType } });
  await rig.call({ to: group.number, caller: '+33712345678', name: 'Luc Petit' });
  const waiting = page.getByRole('region', { name: words.waiting.title }).getByRole('link', { name: '+33 7 12 34 56 78' });
  await tabTo(page, waiting);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: filled(words.call.from, { party: '+33 7 12 34 56 78' }) }).waitFor();
  await page.getByText(words.call.live).waitFor();
  const steps = page.getByRole('region', { name: words.call.timeline });
  const queued = steps.locator('[data-kind="queued"]');
  await queued.getByText(words.queue.nobody).waitFor();
  const passed = (within: Locator): Promise<(string | null)[]> => within.locator('tr[data-reason]').allTextContents();
  expect((await passed(queued)).sort()).toEqual([`${fr.common.passedOver.logged_out}2`, `${fr.common.passedOver.paused}1`].sort());

  // It is offered to Emma, who refuses it.
  await first.client.PUT('/api/v1/me/presence', { body: { presence: 'available' } });
  await atPhone(rig, emma.login, 'ringing');
  const offers = steps.locator('[data-kind="offered"]');
  await offers.first().getByText(words.offerMark.rings, { exact: true }).waitFor();
  expect(await passed(offers.first())).toEqual([expect.stringMatching(new RegExp(`^${fr.common.passedOver.logged_out}2.*${giulia.name}`))]);
  const { data: me } = await first.client.GET('/api/v1/me');
  const id = me && 'calls' in me ? (me.calls[0]?.id ?? '') : '';
  const second = await Api.login(rig.url, giulia);
  await first.client.POST('/api/v1/me/calls/{id}/reject', { params: { path: { id } } });
  await atPhone(rig, giulia.login, 'ringing');

  // Then to Giulia, and not to Emma, who had it before.
  await offers.nth(1).getByText(filled(words.step.offered, { name: giulia.name })).waitFor();
  await offers.first().getByText(words.offerMark.rejected, { exact: true }).waitFor();
  await steps.getByText(filled(words.offerEnd.rejected, { name: emma.name })).waitFor();
  await offers.nth(1).getByText(words.strategy.longest_idle).waitFor();
  await offers.nth(1).getByText(words.offer.idle, { exact: true }).waitFor();
  expect(await offers.nth(1).locator(`tr:has-text("${emma.name}")`).count()).toBe(1);
  expect(await offers.nth(1).locator('tr[data-reason="logged_out"]').textContent()).toContain(lucia.name);
  await second.client.POST('/api/v1/me/calls/{id}/answer', { params: { path: { id } } });
  await steps.getByText(filled(words.step.connected, { name: giulia.name })).waitFor();
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await settled(page, scheme);
    expect(await axe(page)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });

  // It ends, and the list has it; the way there and back needs no pointer either.
  await rig.calm();
  await steps.getByText(words.step.ended, { exact: true }).waitFor();
  await tabTo(page, page.getByRole('link', { name: words.call.back }));
  await page.keyboard.press('Enter');
  const row = page.locator(`[data-call="${id}"]`);
  await row.getByText(fr.common.outcome.answered).waitFor();
  expect(await axe(page)).toEqual([]);
  await page.getByRole('combobox', { name: words.calls.outcome }).selectOption('abandoned');
  await row.waitFor({ state: 'hidden' });
  expect(new URL(page.url()).searchParams.get('outcome')).toBe('abandoned');
  await page.getByRole('combobox', { name: words.calls.outcome }).selectOption('answered');
  await tabTo(page, row.getByRole('link'));
  await page.keyboard.press('Enter');
  await steps.getByText(filled(words.offerEnd.rejected, { name: emma.name })).waitFor();
});

test('a call that is not there is said so', async () => {
  const page = await open('/supervision/calls/nothing');
  await page.getByText(words.call.gone).waitFor();
});
