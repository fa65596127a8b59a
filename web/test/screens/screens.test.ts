import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

import { stands } from '../post';
import { launch } from '../stage';
import { bannerWords, fr } from '../words';

// The pictures of docs/screens, taken of the demonstration while it runs.

const pictures = join(import.meta.dirname, '../../../docs/screens');
const desktop = { width: 1440, height: 900 };
const column = { width: 380, height: 860 };

interface Account {
  readonly login: string;
  readonly password: string;
}

let demo: ChildProcess;
let browser: Browser;
let url = '';
const accounts = new Map<string, Account>();

beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
  demo = spawn(inject('binary'), ['demo', '--http', '127.0.0.1:0', '--seed', '7', '--desk-phone'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = createInterface({ input: demo.stdout ?? process.stdin });
  const last = new Promise<void>((resolve) => {
    said.on('line', (line) => {
      const found = /^\s*(\w+)\s+(http:\S+)\s+login (\S+)\s+password (\S+)/.exec(line);
      if (found?.[1] && found[2] && found[3] && found[4]) {
        url ||= found[2];
        accounts.set(found[1], { login: found[3], password: found[4] });
      }
      if (accounts.size === 3) resolve();
    });
  });
  [browser] = await Promise.all([launch(), last]);
});

afterAll(async () => {
  await browser.close();
  const gone = once(demo, 'exit');
  demo.kill('SIGINT');
  await gone;
});

type Look = Pick<BrowserContextOptions, 'viewport' | 'colorScheme'>;

async function visitor(look: Look = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url, viewport: desktop, colorScheme: 'light', locale: 'fr-FR', timezoneId: 'Europe/Paris', reducedMotion: 'reduce', permissions: ['notifications'], ...look,
  });
  return context.newPage();
}

async function desk(who: string, path: string, look: Look = {}): Promise<Page> {
  const account = accounts.get(who);
  const page = await visitor(look);
  const answer = await page.request.post('/api/v1/login', { data: account });
  expect(answer.status(), `log-in of ${who}`).toBe(200);
  await page.goto(path);
  return page;
}

async function speak(path: string, language: string): Promise<void> {
  const page = await desk('Administrator', '/admin/operators');
  const { items } = (await (await page.request.get(`/api/v1${path}`)).json()) as { items: { id: string; login: string }[] };
  const login = path === '/users' ? accounts.get('Supervisor')?.login : accounts.get('Operator')?.login;
  const id = items.find((item) => item.login === login)?.id ?? '';
  expect((await page.request.patch(`/api/v1${path}/${id}`, { data: { language } })).status()).toBe(200);
  await page.context().close();
}

async function take(page: Page, name: string): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.mantine-Loader-root, .mantine-Skeleton-root') === null);
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  await page.waitForTimeout(400); // what fades in has faded in
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
}

/** Waits until enough is happening for a picture. */
async function lively(page: Page): Promise<void> {
  await expect.poll(async () => {
    const { calls, groups } = (await (await page.request.get('/api/v1/floor')).json()) as { calls: { state: string }[]; groups: { waiting: number }[] };
    return calls.filter(({ state }) => state === 'talking').length >= 3 && groups.filter(({ waiting }) => waiting > 0).length >= 2;
  }, { timeout: 240_000, interval: 500 }).toBe(true);
}

test('the log-in', async () => {
  const page = await visitor({ viewport: { width: 1120, height: 700 } });
  await page.goto('/login');
  await page.getByRole('button', { name: fr.login.submit }).waitFor();
  await take(page, 'login');
});

test('the banner', async () => {
  const page = await desk('Operator', '/login', { viewport: column });
  // The demonstration calls him at once: in a pause there is time to look around.
  const { pauseTypes } = (await (await page.request.get('/api/v1/me')).json()) as { pauseTypes: { id: string; login: boolean }[] };
  await page.request.put('/api/v1/me/presence', { data: { presence: 'paused', pauseType: pauseTypes.find(({ login }) => login)?.id } });
  await page.goto('/banner');
  const go = page.getByRole('button', { name: fr.banner.take.go });
  await go.waitFor();
  await take(page, 'banner-post');
  await go.click();
  await stands(page, 'paused');
  await page.getByRole('button', { name: fr.banner.status.makeAvailable }).click();
  await stands(page, 'ringing');
  await page.waitForTimeout(2500);
  await take(page, 'banner-ringing');
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  await page.getByLabel(fr.banner.tags.label).fill('devis');
  await page.getByLabel(fr.banner.tags.label).press('Enter');
  await page.getByLabel(fr.banner.note.label).fill('Souhaite être rappelée jeudi matin.');
  await page.waitForTimeout(6000);
  await take(page, 'banner-talking');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(desktop);
  await take(page, 'banner-wide-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 400 });
  await page.getByRole('button', { name: fr.banner.sheet }).click();
  await take(page, 'banner-strip');
  await page.keyboard.press('Escape');
  await page.setViewportSize(column);
  await page.getByRole('button', { name: fr.banner.card.hangUp }).click();
  await stands(page, 'wrap_up');
  await take(page, 'banner-wrap-up');
  await page.context().close();
}, 120_000);

test('the banner in Italian', async () => {
  await speak('/operators', 'it');
  const page = await desk('Operator', '/banner', { viewport: column, colorScheme: 'dark' });
  const go = page.getByRole('button', { name: bannerWords.it.take.go });
  await go.or(page.locator('button[data-state]').first()).first().waitFor();
  if (await go.isVisible()) await go.click();
  await page.getByRole('button', { name: bannerWords.it.card.answer }).or(page.locator('button[data-state="talking"]')).first().waitFor({ timeout: 30_000 });
  await take(page, 'banner-it-dark');
  await speak('/operators', 'fr');
  await page.context().close();
}, 120_000);

test('the supervision', async () => {
  const page = await desk('Supervisor', '/supervision');
  await lively(page);
  await take(page, 'supervision-fr');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, 'supervision-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('[data-operator][data-state="talking"] button').first().click();
  await page.getByRole('dialog').getByRole('heading', { name: fr.supervision.day.title }).waitFor();
  await take(page, 'supervision-operator');
  await page.keyboard.press('Escape');
  await page.goto('/supervision/wallboard');
  await page.getByRole('listitem').first().waitFor();
  await take(page, 'wallboard');
  await page.context().close();
}, 300_000);

test('the supervision in Spanish and English', async () => {
  await speak('/users', 'es');
  const spanish = await desk('Supervisor', '/supervision?view=operators');
  await spanish.locator('[data-operator]').first().waitFor();
  await take(spanish, 'supervision-es');
  await spanish.context().close();
  await speak('/users', 'en');
  const english = await desk('Supervisor', '/supervision?view=groups', { viewport: { width: 420, height: 860 } });
  await english.locator('[data-group]').first().waitFor();
  await take(english, 'supervision-en-narrow');
  await english.context().close();
});

test('the administration', async () => {
  const page = await desk('Administrator', '/admin/operators');
  await page.getByText('Camille Martin').first().waitFor();
  await take(page, 'admin-operators');
  await page.getByText('Camille Martin').first().click();
  await page.getByRole('textbox', { name: fr.admin.operators.fullName }).first().waitFor();
  await take(page, 'admin-operator');
  await page.goto('/admin/groups');
  await page.getByText('Accueil').first().click();
  await page.getByRole('heading', { name: fr.admin.groups.section.members }).evaluate((heading) => {
    heading.scrollIntoView({ block: 'start' });
    scrollBy(0, -96); // from under the header
  });
  await take(page, 'admin-group');
  await page.goto('/admin/pause-types');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await take(page, 'admin-pause-types');
});
