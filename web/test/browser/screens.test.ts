import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { languages, type Language } from '../../src/i18n';
import { Api } from '../api';
import { altered } from '../altered';
import { inspect } from '../inspect';
import { stands, takePost } from '../post';
import { Stage } from '../stage';
import { filled, wordsIn } from '../words';

// Every screen there is, in each language, is looked at: nothing cut off, nothing that nobody
// translated, nothing that shuts people out. ALBUM=<folder> keeps a picture of each.

const stage = Stage.forFile();

const wide = [1440, 1024, 420] as const;
const narrow = [1440, 360] as const;

const operatorOf: Record<Language, string> = { fr: 'camille-martin', en: 'emma-taylor', it: 'giulia-rossi', es: 'lucia-garcia' };

const busyTest = 120_000;

/** Looks at one screen after the other and tells at the end what was wrong with any. */
function looking(language: Language, sizes: Parameters<typeof inspect>[2]) {
  const faults: string[] = [];
  return {
    look: async (page: Page, what: string, at = sizes): Promise<void> => {
      faults.push(...(await inspect(page, `${language}, ${what}`, at)));
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 1440, height: 900 });
    },
    none: (): void => expect(faults).toEqual([]),
  };
}

async function loaded(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelector('.mantine-Loader-root, .mantine-Skeleton-root') === null);
}

/** Looks at pages in two windows at a time: a machine has two cores at least. */
async function inTurn(login: string, paths: readonly string[], look: (page: Page, what: string) => Promise<void>): Promise<void> {
  await Promise.all([0, 1].map(async (window) => {
    const { page } = await stage.desk(login, '/login');
    for (const path of paths.filter((_, i) => i % 2 === window)) {
      await page.goto(path);
      await loaded(page);
      await look(page, path.replace(/\/[0-9A-Z]{26}$/, ''));
    }
  }));
}

/** Somebody talks and two wait, in a group that is not the banner's. */
async function fillFloor(): Promise<void> {
  await Api.login(stage.rig.url, stage.rig.person('hugo-bernard'));
  await stage.rig.phone('hugo-bernard', { behaviour: 'answer' });
  for (const name of ['Anne Roussel', 'Bruno Chevallier-Dupont']) await stage.rig.call({ to: stage.rig.group('Accueil').number, name });
}

const pages = [
  '/supervision', '/supervision?view=groups', '/supervision?view=operators', '/supervision?view=activity', '/supervision?view=calls', '/supervision/wallboard',
  '/supervision/calls/nothing',
  '/admin/operators', '/admin/operators/new', '/admin/operators/import', '/admin/groups', '/admin/groups/new', '/admin/pause-types', '/admin/pause-types/new',
  '/admin/numbers', '/admin/numbers/new', '/admin/phones', '/admin/phones/new', '/admin/trunks', '/admin/trunks/new', '/admin/sounds', '/admin/users', '/admin/users/new',
  '/admin/centre', '/admin/outbox', '/admin/what-if', '/nowhere',
];

describe.each(languages)('%s', (language) => {
  const words = wordsIn[language];
  const { admin, common } = words;

  test('before the faces', async () => {
    const { look, none } = looking(language, wide);
    const { page } = await stage.visitor({ locale: language });
    await page.goto('/login?ended=clock');
    await loaded(page);
    await look(page, 'log-in');
    await page.getByRole('button', { name: words.login.submit }).click();
    await look(page, 'log-in, nothing filled in');
    await page.getByLabel(words.login.login).fill('nobody');
    await page.getByLabel(words.login.password, { exact: true }).fill('not the password');
    await page.keyboard.press('Enter');
    await page.getByText(common.problem.login_refused).waitFor();
    await look(page, 'log-in, refused');
    const { page: own } = await stage.desk(`tech-${language}`, '/password');
    await loaded(own);
    await own.getByLabel(words.login.change.new, { exact: true }).fill(`tech-${language}`);
    await own.keyboard.press('Enter');
    await look(own, 'password, refused');
    none();
  }, busyTest);

  test('the pages of supervision and administration', async () => {
    const { look, none } = looking(language, wide);
    await fillFloor();
    const { calls } = await stage.api.floor();
    await inTurn(`tech-${language}`, [...pages, ...calls.map(({ id }) => `/supervision/calls/${id}`)], look);
    none();
  }, busyTest);

  test('the records of the administration', async () => {
    const { look, none } = looking(language, wide);
    const { client } = stage.api;
    const first = async (kind: 'numbers' | 'phones' | 'trunks' | 'users' | 'pause-types'): Promise<string> =>
      (await client.GET(`/api/v1/${kind}`)).data?.items[0]?.id ?? '';
    // Hours of every kind, and open all the same.
    await client.PATCH('/api/v1/groups/{id}', {
      params: { path: { id: stage.rig.group('Accueil').id } },
      body: { openingHours: {
        weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
        holidays: [{ month: 2, day: 29, name: '' }],
        exceptions: [{ date: '2030-12-24', slots: [{ from: '20:00', to: '02:00' }], name: '' }],
      } },
    });
    const records = [
      `operators/${stage.rig.person('hugo-bernard').id}`, `groups/${stage.rig.group('Accueil').id}`,
      ...(await Promise.all((['numbers', 'phones', 'trunks', 'users', 'pause-types'] as const).map(async (kind) => `${kind}/${await first(kind)}`))),
    ];
    await inTurn(`tech-${language}`, records.map((path) => `/admin/${path}`), look);
    none();
  }, busyTest);

  test('what the administration asks and answers', async () => {
    const { look, none } = looking(language, wide);
    const { client } = stage.api;
    const accueil = stage.rig.group('Accueil').id;
    const { page } = await stage.desk(`tech-${language}`, `/admin/groups/${accueil}`);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const dialogue = page.getByRole('dialog');
    await loaded(page);

    // A removal, and why it cannot be.
    await button(admin.form.delete).click();
    await look(page, 'removal');
    await dialogue.getByRole('button', { name: admin.form.delete }).click();
    await page.getByText(admin.form.deleteRefused).waitFor();
    await look(page, 'removal, refused');
    await page.keyboard.press('Escape');
    await dialogue.waitFor({ state: 'hidden' });

    // A form that is left, refused, overtaken.
    const name = page.getByRole('textbox', { name: admin.groups.name }).first();
    await name.fill('');
    await page.locator('header a').first().click();
    await look(page, 'unsaved changes');
    await dialogue.getByRole('button', { name: common.cancel }).click();
    await dialogue.waitFor({ state: 'hidden' });
    await button(common.save).click();
    await look(page, 'form, refused');
    await name.fill('Accueil général');
    await client.PATCH('/api/v1/groups/{id}', { params: { path: { id: accueil } }, body: { priority: 51 } });
    await button(common.save).click();
    await page.getByText(admin.form.overtaken).waitFor();
    await look(page, 'form, overtaken');
    await button(admin.form.takeTheirs).click();
    await client.PATCH('/api/v1/groups/{id}', { params: { path: { id: accueil } }, body: { priority: 50 } });

    // What is told once.
    await page.goto('/admin/phones/new');
    await page.getByRole('textbox', { name: admin.phones.label }).first().fill('Poste du hall');
    await button(admin.form.create).click();
    await dialogue.waitFor();
    await look(page, 'phone, its credentials');
    await dialogue.getByRole('button', { name: admin.phones.noted }).click();
    await page.waitForURL('**/admin/phones');
    const phone = (await client.GET('/api/v1/phones')).data?.items.find(({ label }) => label === 'Poste du hall')?.id ?? '';
    await page.goto(`/admin/phones/${phone}`);
    await button(admin.phones.renew).click();
    await dialogue.waitFor();
    await look(page, 'phone, new password');
    await client.DELETE('/api/v1/phones/{id}', { params: { path: { id: phone } } });
    await page.goto(`/admin/operators/${stage.rig.person('hugo-bernard').id}`);
    await button(admin.operators.resend).click();
    await dialogue.waitFor();
    await look(page, 'operator, new password');

    // A list without what is looked for, and one that did not come.
    await page.goto('/admin/groups');
    await page.getByRole('textbox', { name: common.search }).fill('zzz');
    await look(page, 'list, nothing found');
    await page.route('**/api/v1/trunks*', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"status":403,"title":"Forbidden","code":"forbidden"}' }));
    await page.goto('/admin/trunks');
    await page.getByText(common.failed).waitFor();
    await look(page, 'list, failed');
    none();
  }, busyTest);

  test('what opens everywhere', async () => {
    const { look, none } = looking(language, wide);
    const { page } = await stage.desk(`tech-${language}`, '/admin/operators');
    const dialogue = page.getByRole('dialog');
    const closed = async (): Promise<void> => {
      await page.keyboard.press('Escape');
      await dialogue.waitFor({ state: 'hidden' });
    };
    await loaded(page);
    await page.keyboard.press('?');
    await dialogue.waitFor();
    await look(page, 'shortcuts');
    await closed();
    await page.getByRole('button', { name: stage.rig.person(`tech-${language}`).name }).click();
    await page.getByRole('menu').waitFor();
    await look(page, 'account', [1440, 420]);
    await page.getByRole('menuitem', { name: common.changePassword }).click();
    await dialogue.waitFor();
    await look(page, 'password');
    await dialogue.getByRole('button', { name: words.login.change.submit }).click();
    await look(page, 'password, refused');
    await closed();
    await page.setViewportSize({ width: 420, height: 900 });
    await page.getByRole('button', { name: admin.frame.menu }).click();
    await dialogue.waitFor();
    await look(page, 'navigation', [420]);
    none();
  }, busyTest);

  test('operators from a file', async () => {
    const { look, none } = looking(language, wide);
    const { page } = await stage.desk(`tech-${language}`, '/admin/operators/import');
    const login = `import-${language}`;
    const give = (text: string) => page.locator('input[type="file"]').setInputFiles({ name: 'opérateurs.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await loaded(page);
    await give('login,nickname\nx,y\n');
    await page.getByText(admin.operators.import.unreadable).waitFor();
    await look(page, 'import, unreadable');
    await give(`login,fullName,email,ringSeconds,groups\n${login},Imported,nothing,900,Nowhere|Else\nUp Per,,,4,\nhugo-bernard,Hugo Bernard,hugo-bernard@example.org,25,Accueil\n`);
    await page.getByRole('heading', { name: admin.operators.import.preview }).waitFor();
    await look(page, 'import, lines to mend');
    await give(`login,fullName,email,askPhoneAtLogin\n${login},Imported Person,${login}@example.org,true\n`);
    const store = page.getByRole('button', { name: admin.operators.import.store, exact: true });
    await expect.poll(() => store.isEnabled()).toBe(true);
    await look(page, 'import, preview');
    await store.click();
    await page.getByRole('heading', { name: admin.operators.import.stored }).waitFor();
    await look(page, 'import, result');
    const made = (await stage.api.client.GET('/api/v1/operators')).data?.items.find((one) => one.login === login)?.id ?? '';
    await stage.api.client.DELETE('/api/v1/operators/{id}', { params: { path: { id: made } } });
    none();
  }, busyTest);

  test('one setting of many operators', async () => {
    const { look, none } = looking(language, wide);
    const { client } = stage.api;
    const { bulk } = admin.operators;
    const { data: passing } = await client.POST('/api/v1/operators', {
      body: { login: `passing-${language}`, fullName: 'Aaron Passing', email: 'passing@example.org', phone: null, askPhoneAtLogin: true },
    });
    const { page } = await stage.desk(`tech-${language}`, '/admin/operators');
    const dialogue = page.getByRole('dialog');
    const button = (name: string) => dialogue.getByRole('button', { name, exact: true });
    await loaded(page);
    const boxes = page.getByRole('row').getByRole('checkbox');
    for (const i of [1, 2, 3]) await boxes.nth(i).check();
    await look(page, 'list, some chosen');
    await page.getByRole('button', { name: bulk.open }).click();
    await dialogue.waitFor();
    await look(page, 'bulk change');
    const choose = async (setting: string): Promise<void> => {
      await dialogue.getByRole('combobox', { name: bulk.setting }).click();
      await page.getByRole('option', { name: setting, exact: true }).click();
    };
    await choose(admin.operators.alwaysConnected);
    await look(page, 'bulk change, a switch');
    await choose(admin.operators.ringSeconds);
    await button(bulk.next).click();
    await look(page, 'bulk change, refused');
    await dialogue.getByRole('textbox', { name: admin.operators.ringSeconds }).fill('25');
    await button(bulk.next).click();
    await button(bulk.change).waitFor();
    await look(page, 'bulk change, to confirm');
    // One is gone meanwhile, and the others take their time.
    await client.DELETE('/api/v1/operators/{id}', { params: { path: { id: passing?.id ?? '' } } });
    let go = (): void => undefined;
    const waited = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route('**/api/v1/operators/*', async (route) => {
      await waited;
      await route.continue();
    });
    await button(bulk.change).click();
    await button(bulk.stop).waitFor();
    await look(page, 'bulk change, under way');
    go();
    await button(bulk.done).waitFor();
    await look(page, 'bulk change, result');
    none();
  }, busyTest);

  test('what opens in the supervision', async () => {
    const { look, none } = looking(language, wide);
    await fillFloor();
    const { supervision } = words;
    const { name } = stage.rig.person('hugo-bernard');
    const { page } = await stage.desk(`tech-${language}`, '/supervision?view=operators');
    const drawer = page.getByRole('dialog', { name, exact: true });
    await page.locator(`[data-operator="${name}"]`).getByRole('button', { name }).click();
    await drawer.waitFor();
    await drawer.locator('summary').first().click();
    await loaded(page);
    await look(page, 'day');
    for (const action of ['pause', 'logout', 'release', 'suspend'] as const) {
      await drawer.getByRole('button', { name: action === 'suspend' ? filled(common.pair, { name: supervision.action.suspend, text: 'Accueil' }) : supervision.action[action], exact: true }).click();
      const question = page.getByRole('dialog', { name: filled(supervision.ask[action], { name, group: 'Accueil' }) });
      await question.waitFor();
      await look(page, `day, ${action}`, [1440, 420]);
      await question.getByRole('button', { name: common.cancel }).click();
      await question.waitFor({ state: 'hidden' });
    }
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: supervision.views.title }).click();
    await page.getByRole('menuitem', { name: supervision.views.save }).click();
    await page.getByRole('dialog', { name: supervision.views.save }).waitFor();
    await look(page, 'view to save', [1440, 420]);
    none();
  }, busyTest);

  test('the banner in each of its states', async () => {
    const login = operatorOf[language];
    const group = stage.rig.group(language === 'fr' ? 'Accueil' : 'International');
    const { look, none } = looking(language, [1440, 1024, [1440, 400], [1024, 400], 360]);
    const { page } = await takePost(stage, login);
    const see = async (state: Parameters<typeof stands>[1]): Promise<void> => {
      await stands(page, state);
      await look(page, `banner, ${state}`);
    };
    await see('available');
    const { id } = await stage.rig.call({ to: group.number, name: 'Anne-Sophie Chevallier-Dupont' });
    await see('ringing');
    await page.keyboard.press('a');
    await see('talking');
    await stage.rig.hangUp(id);
    await see('wrap_up');
    const { data } = await stage.api.client.GET('/api/v1/pause-types');
    const pauseType = data?.items.find(({ maxMinutes }) => maxMinutes !== null)?.id ?? '';
    await page.evaluate((type) => fetch('/api/v1/me/presence', {
      method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ presence: 'paused', pauseType: type }),
    }), pauseType);
    await see('paused');
    none();
  }, busyTest);

  test('what opens in the banner', async () => {
    const { banner } = words;
    const { look, none } = looking(language, narrow);
    const { page, person } = await takePost(stage, operatorOf[language]);
    const dialogue = page.getByRole('dialog');
    const menu = async (name: string): Promise<void> => {
      await page.getByRole('button', { name: person.name }).click();
      await page.getByRole('menuitem', { name }).click();
      await dialogue.waitFor();
      await loaded(page);
    };
    const close = async (): Promise<void> => {
      await page.keyboard.press('Escape');
      await dialogue.waitFor({ state: 'hidden' });
    };
    await page.keyboard.press('p');
    await page.getByRole('menu').waitFor();
    await look(page, 'banner, pauses');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'hidden' });
    await menu(banner.settings.title);
    await look(page, 'banner, settings');
    await close();
    await page.keyboard.press('?');
    await dialogue.waitFor();
    await look(page, 'banner, shortcuts');
    await close();
    await menu(common.changePassword);
    await look(page, 'banner, password');
    none();
  }, busyTest);

  test("the banner's phone, and what keeps calls away", async () => {
    const { banner } = words;
    const { look, none } = looking(language, narrow);
    const login = operatorOf[language];
    const { id } = stage.rig.person(login);
    const mayChange = (allowPhoneChange: boolean) => stage.api.client.PATCH('/api/v1/operators/{id}', { params: { path: { id } }, body: { allowPhoneChange } });
    await mayChange(true);
    const { page, person } = await stage.desk(login, '/login');
    const me = await altered(page, { rights: { phoneChange: true }, phone: { kind: null, state: 'missing' }, presence: 'paused' });
    await page.goto('/banner');
    await page.getByRole('button', { name: banner.take.go }).waitFor();
    await loaded(page);
    await look(page, 'taking the post, no phone');
    await page.getByText(banner.phone.number, { exact: true }).click();
    await page.getByRole('button', { name: banner.phone.use }).click();
    await look(page, 'taking the post, a number');
    me.alter({ rights: { phoneChange: true } });
    await page.getByRole('button', { name: banner.phone.change }).waitFor();
    await look(page, 'taking the post');
    await page.getByRole('button', { name: banner.take.go }).click();
    await stands(page, 'available');
    await page.getByRole('button', { name: person.name }).click();
    await page.getByRole('menuitem', { name: banner.phone.change }).click();
    await page.getByRole('dialog').waitFor();
    await loaded(page);
    await look(page, 'banner, change of phone');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
    for (const state of ['missing', 'unreachable', 'in_use'] as const) {
      for (const phoneChange of state === 'missing' ? [true, false] : [false]) {
        me.alter({ rights: { phoneChange }, phone: { state }, groups: [], logoutAt: soon(50), ignoredUntil: soon(300) });
        await page.getByText(banner.notice.phone[state]).first().waitFor();
        await look(page, `banner, phone ${state}${phoneChange ? ', may change it' : ''}`);
      }
    }
    await mayChange(false);
    none();
  }, busyTest);

  test('a lost connection', async () => {
    const { look, none } = looking(language, narrow);
    const { page } = await takePost(stage, operatorOf[language]);
    const { page: floor } = await stage.desk(`tech-${language}`, '/supervision');
    await floor.getByText(words.supervision.connection.live, { exact: true }).waitFor(); // not Oliver
    const { page: wall } = await stage.desk(`tech-${language}`, '/supervision/wallboard');
    await wall.getByRole('listitem').first().waitFor();
    stage.expectOutage();
    await stage.rig.stopNode(true);
    const before = (text: string): string => text.split('{{')[0] ?? '';
    await page.getByText(before(words.banner.notice.lost)).first().waitFor();
    await look(page, 'banner, no connection');
    await floor.getByText(before(words.supervision.connection.stale)).first().waitFor();
    await look(floor, 'supervision, no connection', wide);
    await wall.getByText(before(words.supervision.connection.stale)).first().waitFor();
    await look(wall, 'wallboard, no connection', wide);
    await stage.rig.startNode();
    await page.getByText(before(words.banner.notice.lost)).first().waitFor({ state: 'hidden', timeout: 20_000 });
    none();
  }, busyTest);
});
