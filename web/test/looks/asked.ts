import { expect, test } from 'vitest';

import type { Language } from '../../src/i18n';
import type { Stage } from '../stage';
import { filled, wordsIn } from '../words';
import { busyTest, fillFloor, loaded, looking, wide } from './looking';

/** What supervision and administration ask and answer. */
export function askedIn(stage: Stage, language: Language): void {
  const words = wordsIn[language];
  const { admin, common } = words;

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
    await fillFloor(stage);
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
}
