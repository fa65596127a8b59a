import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';

import { languages, type Language } from '../../src/i18n';
import { Api } from '../api';
import { axe, lookAt } from '../inspect';
import { takePost } from '../post';
import { Stage } from '../stage';

const stage = Stage.forFile();

const schemes = ['light', 'dark'] as const;
const wide = [1440, 1024, 420] as const;

const operatorOf: Record<Language, string> = { fr: 'camille-martin', en: 'emma-taylor', it: 'giulia-rossi', es: 'lucia-garcia' };

/**
 * Looks at a page at each width, light and dark; axe at one width. Says what should not be.
 * Colours move nothing, so in the dark one width is enough.
 */
async function inspect(page: Page, what: string, widths: readonly number[]): Promise<string[]> {
  const faults: string[] = [];
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of scheme === 'light' ? widths : widths.slice(-1)) {
      await page.setViewportSize({ width, height: 900 });
      await settled(page, scheme);
      for (const fault of await lookAt(page)) faults.push(`${what}, ${width} px, ${scheme}: ${fault}`);
    }
    for (const fault of await axe(page)) faults.push(`${what}, ${scheme}: ${fault}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: widths[0] ?? 1440, height: 900 });
  return faults;
}

/** Two frames after a change everything stands where it stays, and what fades has faded. */
async function settled(page: Page, scheme: string): Promise<void> {
  await page.waitForFunction((wanted) => document.documentElement.dataset['mantineColorScheme'] === wanted, scheme);
  await page.evaluate(async () => {
    await new Promise<void>((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    });
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((animation) => animation.finished));
  });
}

async function loaded(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelector('.mantine-Loader-root, .mantine-Skeleton-root') === null);
}

const pages = [
  '/supervision', '/supervision?view=groups', '/supervision?view=operators', '/supervision?view=activity', '/supervision/wallboard',
  '/admin/operators', '/admin/operators/new', '/admin/groups', '/admin/groups/new', '/admin/pause-types', '/admin/numbers', '/admin/numbers/new',
  '/admin/phones', '/admin/phones/new', '/admin/trunks', '/admin/trunks/new', '/admin/users', '/admin/users/new', '/admin/centre', '/admin/outbox',
];

describe.each(languages)('%s', (language) => {
  test('the log-in', async () => {
    const { page } = await stage.visitor({ locale: language });
    await page.goto('/login');
    await loaded(page);
    expect(await inspect(page, '/login', wide)).toEqual([]);
  });

  test('supervision and administration', async () => {
    // Something to show: one who talks, one who waits, one who pauses.
    await Api.login(stage.rig.url, stage.rig.person('hugo-bernard'));
    await stage.rig.phone('hugo-bernard', { behaviour: 'answer' });
    for (const name of ['Anne Roussel', 'Bruno Chevallier-Dupont']) await stage.rig.call({ to: stage.rig.group('Accueil').number, name });
    const { page } = await stage.desk(`tech-${language}`, '/supervision');
    const faults: string[] = [];
    for (const path of pages) {
      await page.goto(path);
      await loaded(page);
      faults.push(...(await inspect(page, path, wide)));
    }
    expect(faults).toEqual([]);
  }, 120_000);

  test('the banner in each of its states', async () => {
    const login = operatorOf[language];
    const group = stage.rig.group(language === 'fr' ? 'Accueil' : 'International');
    const { page } = await stage.desk(login, '/banner');
    const faults: string[] = [];
    const look = async (state: string): Promise<void> => {
      faults.push(...(await inspect(page, `banner, ${state}`, [1440, 360])));
    };
    await loaded(page);
    await look('taking the post');
    await page.context().close();
    const { page: banner } = await takePost(stage, login);
    const see = async (state: string, selector = state): Promise<void> => {
      await banner.locator(`button[data-state="${selector}"]`).first().waitFor();
      faults.push(...(await inspect(banner, `banner, ${state}`, [1440, 1024, 360])));
    };
    await see('available');
    const { id } = await stage.rig.call({ to: group.number, name: 'Anne-Sophie Chevallier-Dupont' });
    await see('ringing');
    await banner.keyboard.press('a');
    await see('talking');
    await stage.rig.hangUp(id);
    await see('wrap-up', 'wrap_up');
    const { data } = await stage.api.client.GET('/api/v1/pause-types');
    const pauseType = data?.items.find(({ maxMinutes }) => maxMinutes !== null)?.id ?? '';
    await banner.evaluate((type) => fetch('/api/v1/me/presence', {
      method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ presence: 'paused', pauseType: type }),
    }), pauseType);
    await see('paused');
    expect(faults).toEqual([]);
  }, 120_000);
});

afterAll(async () => {
  await stage.rig.phone('hugo-bernard', { behaviour: 'talk' }).catch(() => undefined);
});
