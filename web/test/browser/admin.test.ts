import { expect, test } from 'vitest';

import { tabTo } from '../keyboard';
import { becomes, stands } from '../post';
import { proves } from '../proves';
import { tones } from '../rig';
import { Stage } from '../stage';
import { filled, fr } from '../words';

const stage = Stage.forFile();

const words = fr.admin;

test('without a pointer: an administrator creates an operator, a group and a number, and a call arrives there', async () => {
  proves('OP-01', 'OP-02', 'OP-09');
  const { page } = await stage.desk('marc-lefevre', '/admin/operators');
  await page.getByRole('heading', { level: 1, name: words.operators.title }).waitFor();
  const create = page.getByRole('button', { name: words.form.create, exact: true });
  const field = (label: string) => page.getByRole('textbox', { name: label }).first();

  // The operator: the log-in is proposed from the name, the phone is chosen from those there are.
  await page.keyboard.press('n');
  await page.waitForURL('**/admin/operators/new');
  await tabTo(page, field(words.operators.fullName));
  await page.keyboard.type('Nadia Belkacem');
  await expect.poll(() => field(words.operators.login).inputValue()).toBe('nbelkacem');
  await tabTo(page, field(words.operators.email));
  await page.keyboard.type('nadia@example.org');
  // A group of radio buttons is one stop; the arrows choose.
  const centrex = page.getByRole('radio', { name: fr.common.phone.centrex });
  await centrex.waitFor();
  if (!(await centrex.isChecked())) {
    await centrex.focus();
    await page.keyboard.press('Space');
  }
  const account = page.getByRole('combobox', { name: words.operators.account });
  await tabTo(page, account);
  await page.keyboard.type(stage.rig.sparePhone);
  await page.getByRole('option', { name: new RegExp(stage.rig.sparePhone) }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await tabTo(page, create);
  await page.keyboard.press('Enter');
  await page.getByText(words.operators.nextStep).waitFor();

  // The group, with her in it.
  await page.goto('/admin/groups');
  await page.getByRole('heading', { level: 1, name: words.groups.title }).waitFor();
  await page.keyboard.press('n');
  await page.waitForURL('**/admin/groups/new');
  await tabTo(page, field(words.groups.name));
  await page.keyboard.type('Ventes');
  await tabTo(page, page.getByRole('button', { name: filled(words.groups.add, { name: 'Nadia Belkacem' }) }));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: filled(words.groups.remove, { name: 'Nadia Belkacem' }) }).waitFor();
  await tabTo(page, create);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Ventes' }).waitFor();

  // The number: one that exists is refused at its field, where the cursor then is.
  await page.goto('/admin/numbers');
  await page.getByRole('heading', { level: 1, name: words.numbers.title }).waitFor();
  await page.keyboard.press('n');
  await page.waitForURL('**/admin/numbers/new');
  const number = field(words.numbers.number);
  await tabTo(page, number);
  await page.keyboard.type('01 99 00 10 01');
  const destination = page.getByRole('combobox', { name: words.destination.toGroup });
  await tabTo(page, destination);
  await page.keyboard.type('Ventes');
  await page.getByRole('option', { name: 'Ventes' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await tabTo(page, create);
  await page.keyboard.press('Enter');
  await expect.poll(() => number.evaluate((input) => input === document.activeElement && input.getAttribute('aria-invalid'))).toBe('true');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('01 99 00 10 09');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/admin/numbers');
  await page.getByText('+33 1 99 00 10 09').first().waitFor();

  // Her password came by mail; she replaces it, takes her post, and the call arrives.
  let password = '';
  await expect.poll(async () => (password = /^[A-Za-z0-9]{16}\r?$/m.exec(await stage.rig.mail('nadia@example.org'))?.[0].trim() ?? '')).not.toBe('');
  const { page: banner } = await stage.visitor();
  await banner.goto('/');
  await banner.getByLabel(fr.login.login).fill('nbelkacem');
  await banner.getByLabel(fr.login.password, { exact: true }).fill(password);
  await banner.keyboard.press('Enter');
  await banner.getByRole('heading', { level: 1, name: fr.login.change.first }).waitFor();
  await banner.getByLabel(fr.login.change.new, { exact: true }).fill('un secret à moi seule');
  await banner.getByLabel(fr.login.change.again, { exact: true }).fill('un secret à moi seule');
  await banner.keyboard.press('Enter');
  await banner.getByRole('button', { name: fr.banner.take.go }).click();
  await stands(banner, 'available');
  const { id } = await stage.rig.call({ to: '+33199001009', name: 'Premier client' });
  await stands(banner, 'ringing');
  await banner.getByText('Ventes').first().waitFor();
  await banner.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(banner, 'talking');
  await stage.rig.hears(id, { tone: tones.operator });
  await stage.rig.hangUp(id);
  await becomes(stage.rig, id, 'ended');
});

test('what is typed is not lost by leaving', async () => {
  const { page } = await stage.desk('marc-lefevre', '/admin/groups/new');
  await page.getByRole('textbox', { name: words.groups.name }).first().fill('À moitié');
  await page.getByRole('link', { name: words.frame.nav.operators }).first().click();
  const question = page.getByRole('dialog', { name: words.form.leaveTitle });
  await question.getByRole('button', { name: fr.common.cancel }).click();
  expect(await page.getByRole('textbox', { name: words.groups.name }).first().inputValue()).toBe('À moitié');
  await page.getByRole('link', { name: words.frame.nav.operators }).first().click();
  await question.getByRole('button', { name: words.form.leave }).click();
  await page.waitForURL('**/admin/operators');
});

test('a change that somebody else overtook is not lost, and does not undo his', async () => {
  const { page } = await stage.desk('marc-lefevre', '/admin/groups');
  await page.goto(`/admin/groups/${stage.rig.group('Conseil').id}`);
  const name = page.getByRole('textbox', { name: words.groups.name }).first();
  await name.fill('Conseil et devis');
  await stage.api.client.PATCH('/api/v1/groups/{id}', { params: { path: { id: stage.rig.group('Conseil').id } }, body: { priority: 7 } });
  await page.getByRole('button', { name: fr.common.save }).click();
  await page.getByText(words.form.overtaken).waitFor();
  await page.getByRole('button', { name: words.form.keepMine }).click();
  await page.getByRole('button', { name: fr.common.save }).click();
  await page.getByText(words.form.saved).first().waitFor();
  const { data } = await stage.api.client.GET('/api/v1/groups/{id}', { params: { path: { id: stage.rig.group('Conseil').id } } });
  expect(data).toMatchObject({ name: 'Conseil et devis', priority: 7 });
  await stage.api.client.PATCH('/api/v1/groups/{id}', { params: { path: { id: stage.rig.group('Conseil').id } }, body: { name: 'Conseil', priority: 50 } });
});

test('the password of a phone is shown once', async () => {
  const { page } = await stage.desk('marc-lefevre', '/admin/phones/new');
  await page.getByRole('textbox', { name: words.phones.label }).first().fill('Accueil 2');
  await page.getByRole('button', { name: words.form.create, exact: true }).click();
  const { data } = await stage.api.client.GET('/api/v1/phones');
  const shown = page.getByRole('dialog');
  await shown.waitFor();
  const secrets = await shown.locator('input, code').evaluateAll((all) => all.map((one) => (one instanceof HTMLInputElement ? one.value : one.textContent)));
  expect(secrets.some((text) => /^[A-Za-z0-9]{12,}$/.test(text))).toBe(true);
  expect(JSON.stringify(data)).not.toContain('password"');
});
