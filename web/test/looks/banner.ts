import { test } from 'vitest';

import type { Language } from '../../src/i18n';
import { altered } from '../altered';
import { stands, takePost } from '../post';
import type { Stage } from '../stage';
import { wordsIn } from '../words';
import { busyTest, loaded, looking, narrow, operatorOf, wide } from './looking';

/** The banner's states, what opens in it, and a lost connection on any face. */
export function bannerIn(stage: Stage, language: Language): void {
  const words = wordsIn[language];
  const { common } = words;

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
}
