import { test } from 'vitest';

import type { Language } from '../../src/i18n';
import type { Stage } from '../stage';
import { wordsIn } from '../words';
import { busyTest, fillFloor, inTurn, loaded, looking, nowhere, wide } from './looking';

const pages = [
  '/supervision', '/supervision?view=groups', '/supervision?view=operators', '/supervision?view=activity', '/supervision?view=calls', '/supervision/wallboard',
  '/supervision/calls/nothing',
  '/admin/operators', '/admin/operators/new', '/admin/operators/import', '/admin/groups', '/admin/groups/new', '/admin/pause-types', '/admin/pause-types/new',
  '/admin/numbers', '/admin/numbers/new', '/admin/phones', '/admin/phones/new', '/admin/trunks', '/admin/trunks/new', '/admin/sounds', '/admin/users', '/admin/users/new',
  '/admin/centre', '/admin/outbox', '/admin/what-if',
];

/** The pages as they open. */
export function pagesIn(stage: Stage, language: Language): void {
  const words = wordsIn[language];
  const { common } = words;

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
    const calls = await fillFloor(stage);
    await inTurn(stage, language, [...pages, ...calls.map((id) => `/supervision/calls/${id}`), nowhere], look);
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
    await inTurn(stage, language, records.map((path) => `/admin/${path}`), look);
    none();
  }, busyTest);
}
