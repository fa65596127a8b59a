import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';

import { languages, type Language } from '../../src/i18n';
import { Api } from '../api';
import { inspect } from '../inspect';
import { stands } from '../post';
import { browserPhone, phoneIs } from '../softphone';
import { Stage } from '../stage';
import { wordsIn } from '../words';

// The screens of a page that is a phone, and of calls with more than two in them, in each language.
// ALBUM=<folder> keeps a picture of each.

const stage = Stage.forFile();

const operatorOf: Record<Language, string> = { fr: 'camille-martin', en: 'emma-taylor', it: 'giulia-rossi', es: 'lucia-garcia' };
const colleague = 'ines-moreau';
const sizes = [1440, 420, 360] as const;
const strips = [[1440, 400], [1024, 400]] as const;

describe.each(languages)('%s', (language) => {
  const { banner } = wordsIn[language];

  test('taking the post with a browser', async () => {
    const giveBack = await browserPhone(stage, operatorOf[language], '+33612345678');
    const faults: string[] = [];
    const look = async (page: Page, what: string): Promise<void> => void faults.push(...(await inspect(page, `${language}, ${what}`, sizes)));
    try {
      const { page } = await stage.desk(operatorOf[language], '/banner');
      await phoneIs(page, 'reachable');
      await page.getByText(banner.mic.state.ready).waitFor();
      await page.getByRole('button', { name: banner.mic.try }).click();
      await page.getByText(banner.mic.speak).waitFor();
      await look(page, 'take the post');
      await page.getByRole('button', { name: banner.mic.stop }).click();
      await page.evaluate(() => {
        navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
        navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
      });
      await page.getByText(banner.mic.trouble.no_device.text).waitFor();
      await look(page, 'take the post, no microphone');
      await page.getByRole('button', { name: banner.take.go }).click();
      await page.getByText(banner.mic.trouble.no_device.title).waitFor();
      await look(page, 'no microphone');
      await page.getByRole('button', { name: stage.rig.person(operatorOf[language]).name, exact: true }).click();
      await page.getByRole('menuitem', { name: banner.settings.title }).click();
      await page.getByRole('dialog').getByText(banner.mic.clean).waitFor();
      await look(page, 'settings');
    } finally {
      await giveBack();
    }
    expect(faults).toEqual([]);
  }, 120_000);

  test('a call, and a second one beside it', async () => {
    const giveBack = await browserPhone(stage, operatorOf[language]);
    const faults: string[] = [];
    const look = async (page: Page, what: string): Promise<void> => {
      faults.push(...(await inspect(page, `${language}, ${what}`, sizes)), ...(await inspect(page, `${language}, ${what}, strip`, strips)));
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.locator('[data-strip]').first().waitFor({ state: 'detached' });
    };
    const group = stage.rig.group(language === 'fr' ? 'Accueil' : 'International');
    await stage.api.client.PATCH('/api/v1/groups/{id}', {
      params: { path: { id: group.id } }, body: { record: { inbound: true, outbound: true }, operatorMayStopRecording: true, operatorMayKeepRecording: true },
    });
    try {
      await Api.login(stage.rig.url, stage.rig.person(colleague));
      await stage.rig.phone(colleague, { behaviour: 'ring' });
      const { page } = await stage.desk(operatorOf[language], '/banner');
      const button = (name: string) => page.getByRole('button', { name, exact: true });
      await page.getByRole('button', { name: banner.take.go }).click();
      await phoneIs(page, 'reachable');
      await stage.rig.call({ to: group.number, caller: '+33612345678', name: 'Anne-Sophie Chevallier-Dupont' });
      await stands(page, 'ringing');
      await look(page, 'ringing');
      await button(banner.card.answer).click();
      await stands(page, 'talking');
      await page.getByText(banner.quality.good).waitFor();
      await look(page, 'talking');
      await button(banner.card.pauseRecording).click();
      await button(banner.card.resumeRecording).waitFor();
      await page.keyboard.press('t');
      await page.getByText(stage.rig.person(colleague).name).waitFor();
      faults.push(...(await inspect(page, `${language}, transfer`, sizes)));
      await page.setViewportSize({ width: 1440, height: 400 });
      await page.locator('[data-strip]').first().waitFor();
      await page.keyboard.press('t');
      await page.getByText(stage.rig.person(colleague).name).waitFor();
      faults.push(...(await inspect(page, `${language}, transfer, strip`, strips)));
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.locator('[data-strip]').first().waitFor({ state: 'detached' });
      await page.keyboard.press('t');
      // The panel comes when it is asked for: what is typed before its field has the cursor would be keys of the call.
      await page.getByRole('textbox', { name: banner.side.search }).and(page.locator(':focus')).waitFor();
      await page.keyboard.type('ines');
      // The keys pass over who is not there yet, or not free.
      await page.getByRole('button', { name: new RegExp(`${stage.rig.person(colleague).name}.*${banner.side.state.free}`), disabled: false }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByText(banner.side.ringing).waitFor();
      await look(page, 'consulting, it rings');
      await stage.rig.phone(colleague, { behaviour: 'answer' });
      await button(banner.side.drop).click();
      // The button that completes a consultation has the same name: it has to be gone.
      await button(banner.card.hold).waitFor();
      await button(banner.card.transfer).click();
      await page.getByRole('button', { name: new RegExp(stage.rig.person(colleague).name) }).click();
      await button(banner.side.swap).waitFor();
      await look(page, 'consulting');
      await button(banner.side.join).click();
      await page.getByText(banner.side.conference).waitFor();
      await look(page, 'conference');
    } finally {
      await stage.rig.phone(colleague, { behaviour: 'talk' });
      await giveBack();
    }
    expect(faults).toEqual([]);
  }, 120_000);
});
