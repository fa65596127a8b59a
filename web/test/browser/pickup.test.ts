import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { languages, type Language } from '../../src/i18n';
import { inspect } from '../inspect';
import { atPhone, becomes, sees, stands, takePost } from '../post';
import { tones, type SipCall } from '../rig';
import { Stage } from '../stage';
import { filled, fr, wordsIn } from '../words';

// Calls that ring at a colleague, taken by somebody else of the group: by click, by key, or too late.
// ALBUM=<folder> keeps a picture of the screens.

const stage = Stage.forFile();
const camille = 'camille-martin';
const hugo = 'hugo-bernard';

/** Whether the members of a group may take one another's calls. */
async function lets(group: string, pickUp: boolean): Promise<void> {
  const { response } = await stage.api.client.PATCH('/api/v1/groups/{id}', { params: { path: { id: stage.rig.group(group).id } }, body: { pickUp } });
  expect(response.status).toBe(200);
}

/** The phones of some people ring on and are not answered. */
async function ringOn(behaviour: 'ring' | 'talk', ...logins: readonly string[]): Promise<void> {
  for (const login of logins) await stage.rig.phone(login, { behaviour });
}

function call(group: string, caller: string, name: string): Promise<SipCall> {
  return stage.rig.call({ to: stage.rig.group(group).number, caller, name });
}

const list = (page: Page, words: { readonly title: string } = fr.banner.pickUp) => page.getByRole('region', { name: words.title });

describe('a call that rings at a colleague', () => {
  beforeEach(async () => {
    await lets('Accueil', true);
    await ringOn('ring', hugo);
  });

  afterEach(async () => {
    await lets('Accueil', false);
    await ringOn('talk', hugo);
  });

  /** Hugo is at his post first, and rung: Camille, who is asked before him, comes while his phone rings. */
  async function rung() {
    const colleague = await takePost(stage, hugo);
    const made = await call('Accueil', '+33612345678', 'Zoé Blanc');
    await stands(colleague.page, 'ringing');
    const { page } = await takePost(stage, camille);
    await stands(page, 'available');
    return { page, colleague: colleague.page, made };
  }

  test('is taken with one key, and the colleague is left alone', async () => {
    const { page, colleague, made } = await rung();
    const row = list(page).getByRole('listitem');
    for (const text of ['Zoé Blanc', '+33 6 12 34 56 78', 'Accueil', filled(fr.banner.pickUp.rings, { who: stage.rig.person(hugo).name })]) {
      await row.getByText(text).waitFor();
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText(fr.banner.keys.pickUp).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('i');
    await stands(page, 'ringing');
    await stands(colleague, 'available');
    await list(page).waitFor({ state: 'detached' });
    await page.keyboard.press('a');
    await stands(page, 'talking');
    await becomes(stage.rig, made.id, 'established');
    await stage.rig.hears(made.id, { tone: tones.operator });
    await stage.rig.hears((await atPhone(stage.rig, camille, 'established')).id, { tone: tones.caller });
  });

  test('goes to one of two who take it, and the other is told so', async () => {
    const { page } = await rung();
    const take = list(page).getByRole('button', { name: filled(fr.banner.pickUp.takeOf, { who: 'Zoé Blanc' }) });
    await take.waitFor();
    // The answer of the one comes before the word of the stream: the caller goes while the request is under way.
    await page.route('**/pickup', async (route) => {
      await stage.rig.calm();
      await sees(async () => (await stage.api.floor()).calls.length, 0);
      await route.continue();
    });
    await take.click();
    await page.getByText(fr.banner.pickUp.gone).waitFor();
    await stands(page, 'available');
  });

  test('is not shown where the group does not let its members take it', async () => {
    const { page } = await rung();
    await list(page).waitFor();
    await lets('Accueil', false);
    await list(page).waitFor({ state: 'detached' });
    await page.keyboard.press('i');
    await page.reload();
    await stands(page, 'available');
    expect(await list(page).count()).toBe(0);
    expect(await (await page.request.get('/api/v1/me/pick-ups')).json()).toMatchObject({ items: [] });
  });
});

const operatorOf: Record<Language, string> = { fr: camille, en: 'emma-taylor', it: 'giulia-rossi', es: 'lucia-garcia' };

describe.each(languages)('%s', (language) => {
  const words = wordsIn[language].banner.pickUp;
  const login = operatorOf[language];
  const group = language === 'fr' ? 'Accueil' : 'International';
  const colleague = language === 'fr' ? hugo : language === 'en' ? 'lucia-garcia' : 'emma-taylor';

  test('the calls to pick up, in column and strip', async () => {
    await lets(group, true);
    await ringOn('ring', colleague);
    const faults: string[] = [];
    try {
      const other = await takePost(stage, colleague);
      await call(group, '+33612345678', 'Anne-Sophie Chevallier-Dupont de la Rochefoucauld');
      await stands(other.page, 'ringing');
      const { page } = await takePost(stage, login);
      await list(page, words).getByText('+33 6 12 34 56 78').waitFor();
      faults.push(...(await inspect(page, `${language}, to pick up`, [1440, 420, 360])));
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 1440, height: 400 });
      await page.locator('[data-strip]').first().waitFor();
      await page.getByRole('button', { name: words.short }).click();
      await list(page, words).getByText('+33 6 12 34 56 78').waitFor();
      faults.push(...(await inspect(page, `${language}, to pick up, strip`, [[1440, 400], [1024, 400]])));
    } finally {
      await lets(group, false);
      await ringOn('talk', colleague);
    }
    expect(faults).toEqual([]);
  }, 60_000);
});
