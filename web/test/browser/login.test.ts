import { expect, test } from 'vitest';

import { languageNames, languages } from '../../src/i18n';
import { Stage } from '../stage';
import { fr } from '../words';

const stage = Stage.forFile();

const places = [
  { login: 'camille-martin', path: '/banner' },
  { login: 'claire-dubois', path: '/supervision' },
  { login: 'marc-lefevre', path: '/admin/operators' },
];

test.each(places)('$login logs in by keyboard, arrives at $path and logs out', async ({ login, path }) => {
  const { page } = await stage.visitor();
  await page.goto('/');
  await page.waitForURL('**/login');
  await page.getByRole('heading', { level: 1, name: fr.login.title }).waitFor();
  // The page puts the cursor where he types first.
  await page.locator('[name="login"]:focus').waitFor();
  await page.keyboard.type(login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(stage.rig.person(login).password);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${path}`);
  await page.getByRole('button', { name: stage.rig.person(login).name }).click();
  await page.getByRole('menuitem', { name: fr.common.logout }).click();
  await page.waitForURL('**/login*');
  expect((await page.request.get('/api/v1/me')).status()).toBe(401);
  // The way back leads nowhere but to the log-in.
  await page.goto(path);
  await page.getByRole('button', { name: fr.login.submit }).waitFor();
});

test('who comes for a page gets it after logging in', async () => {
  const { page } = await stage.visitor();
  await page.goto('/admin/groups');
  await page.getByLabel(fr.login.login).fill('marc-lefevre');
  await page.getByLabel(fr.login.password, { exact: true }).fill(stage.rig.person('marc-lefevre').password);
  await page.getByRole('button', { name: fr.login.submit }).click();
  await page.waitForURL('**/admin/groups');
});

test('a wrong password is said, and the next one is typed at once', async () => {
  const { page } = await stage.visitor();
  await page.goto('/login');
  await page.getByLabel(fr.login.login).fill('camille-martin');
  await page.getByLabel(fr.login.password, { exact: true }).fill('not the password');
  await page.getByRole('button', { name: fr.login.submit }).click();
  expect(await page.getByRole('alert').textContent()).toContain(fr.common.problem.login_refused);
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('password');
  await page.keyboard.type(stage.rig.person('camille-martin').password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/banner');
});

test('the page speaks the language chosen on it, also the next time', async () => {
  const { page } = await stage.visitor({ locale: 'it-IT' });
  await page.goto('/login');
  await page.getByRole('button', { name: 'Accedi', exact: true }).waitFor();
  for (const language of languages) {
    await page.getByRole('button', { name: languageNames[language] }).click();
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe(language);
    await page.reload();
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe(language);
  }
});

test('an operator has no way into the other faces', async () => {
  const { page } = await stage.desk('camille-martin', '/admin/operators');
  await page.waitForURL('**/banner');
  await page.goto('/supervision');
  await page.waitForURL('**/banner');
  expect((await page.request.get('/api/v1/floor')).status()).toBe(403);
});
