import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import { Api } from '../api';
import { lookAt } from '../inspect';
import { stands, takePost } from '../post';
import { Stage } from '../stage';
import { fr } from '../words';

const stage = Stage.forFile();

// What a stranger may send as his name. Each must be seen as the text it is.
const names = [
  '"><img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  "{{name}} ${name} $t(logout)",
  '\u202Emoc.live\u2066 <b>gras</b>',
  'W'.repeat(200),
  '\u0647\u0644\u0627 \u05E9\u05DC\u05D5\u05DD',
];

/** What of a name is sure to be shown somewhere; the marks of direction may be left out. */
function core(name: string): string {
  return name.replace(/[\u202A-\u202E\u2066-\u2069]/g, '').slice(0, 40);
}

async function shows(page: Page, name: string): Promise<void> {
  await expect.poll(async () => (await page.evaluate(() => document.body.innerText)).replace(/[\u202A-\u202E\u2066-\u2069]/g, ''), { timeout: 10_000 })
    .toContain(core(name));
}

test.each(names)('a caller called %j is shown as text', async (name) => {
  const { page } = await takePost(stage, 'ines-moreau', { size: { width: 360, height: 760 } });
  const { page: board } = await stage.desk('claire-dubois', '/supervision', { size: { width: 1024, height: 800 } });
  await board.getByText(fr.supervision.connection.live).waitFor();
  const dialogs: string[] = [];
  for (const each of [page, board]) {
    each.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
  }
  const { id } = await stage.rig.call({ to: stage.rig.group('Conseil').number, name });
  await stands(page, 'ringing');
  await shows(page, name);
  await shows(board, name);
  for (const each of [page, board]) {
    expect(await each.locator('img[src="x"], b, script:not([src])').count()).toBe(0);
    expect((await lookAt(each)).filter((fault) => fault.startsWith('the page is'))).toEqual([]);
  }
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  await shows(page, name);
  await stage.rig.hangUp(id);
  await stands(page, 'available');
  // Now it stands in his history, and in the supervisor's record of his day.
  await shows(page, name);
  await board.getByRole('button', { name: 'Inès Moreau' }).click();
  await board.getByRole('dialog').getByRole('img', { name: fr.supervision.mine.answered }).first().waitFor();
  await shows(board, name);
  expect(dialogs).toEqual([]);
});

test('an operator and a group with hostile names are shown as text', async () => {
  const { client } = stage.api;
  const hostile = '"><img src=x onerror=alert(1)>';
  const { id } = stage.rig.person('hugo-bernard');
  const group = stage.rig.group('Accueil').id;
  await client.PATCH('/api/v1/operators/{id}', { params: { path: { id } }, body: { fullName: hostile } });
  await client.PATCH('/api/v1/groups/{id}', { params: { path: { id: group } }, body: { name: `Accueil ${hostile}` } });
  try {
    await Api.login(stage.rig.url, stage.rig.person('hugo-bernard'));
    for (const path of ['/supervision', '/supervision/wallboard', '/admin/operators', '/admin/groups']) {
      const { page } = await stage.desk('tech-fr', path);
      await shows(page, path.endsWith('operators') ? hostile : `Accueil ${hostile}`);
      expect(await page.locator('img[src="x"]').count()).toBe(0);
    }
  } finally {
    await client.PATCH('/api/v1/operators/{id}', { params: { path: { id } }, body: { fullName: 'Hugo Bernard' } });
    await client.PATCH('/api/v1/groups/{id}', { params: { path: { id: group } }, body: { name: 'Accueil' } });
  }
});
