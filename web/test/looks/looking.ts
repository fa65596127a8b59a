import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import type { Language } from '../../src/i18n';
import { Api } from '../api';
import { inspect } from '../inspect';
import { sees } from '../post';
import type { Stage } from '../stage';

// Every screen there is, in each language, is looked at: nothing cut off, nothing that nobody
// translated, nothing that shuts people out. ALBUM=<folder> keeps a picture of each.

export const wide = [1440, 1024, 420] as const;
export const narrow = [1440, 360] as const;

/** An operator who reads a language. */
export const operatorOf: Record<Language, string> = { fr: 'camille-martin', en: 'emma-taylor', it: 'giulia-rossi', es: 'lucia-garcia' };

export const busyTest = 120_000;

/** Looks at one screen after the other and tells at the end what was wrong with any. */
export function looking(language: Language, sizes: Parameters<typeof inspect>[2]) {
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

export async function loaded(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelector('.mantine-Loader-root, .mantine-Skeleton-root') === null);
}

/** Where there is no page. */
export const nowhere = '/nowhere';

/**
 * Goes to another page of the program that is loaded, as a link does. By way of a page that shares nothing with
 * any other: what is shown then is the new page and not the rest of the old one.
 */
async function goes(page: Page, path: string): Promise<void> {
  for (const to of new URL(page.url()).pathname === nowhere ? [path] : [nowhere, path]) {
    const before = await page.evaluateHandle(() => document.querySelector('h1'));
    await page.evaluate((address) => history.pushState(null, '', address), to);
    await page.waitForFunction((heading) => heading?.isConnected !== true && document.querySelector('h1') !== null, before);
    await before.dispose();
  }
}

/**
 * Looks at pages, one after the other. French, the first of the languages, loads each at its own address; in the
 * others they are gone to as people go to them, and only the first is loaded: the program is the same one.
 */
export async function inTurn(stage: Stage, language: Language, paths: readonly string[], look: (page: Page, what: string) => Promise<void>): Promise<void> {
  const { page } = await stage.desk(`tech-${language}`, paths[0] ?? '/', { locale: language });
  for (const [i, path] of paths.entries()) {
    if (i > 0) await (language === 'fr' || path === nowhere ? page.goto(path) : goes(page, path));
    await loaded(page);
    expect(new URL(page.url()).pathname).toBe(path.split('?')[0]);
    await look(page, path.replace(/\/[0-9A-Z]{26}$/, ''));
  }
}

/** Somebody talks and another waits, in a group that is not the banner's: the calls on the floor. */
export async function fillFloor(stage: Stage): Promise<string[]> {
  await Api.login(stage.rig.url, stage.rig.person('hugo-bernard'));
  await stage.rig.phone('hugo-bernard', { behaviour: 'answer' });
  for (const name of ['Anne Roussel', 'Bruno Chevallier-Dupont']) await stage.rig.call({ to: stage.rig.group('Accueil').number, name });
  await sees(async () => (await stage.api.floor()).calls.map(({ state }) => state).sort(), ['queued', 'talking']);
  return (await stage.api.floor()).calls.map(({ id }) => id);
}
