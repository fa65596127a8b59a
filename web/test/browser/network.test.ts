import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { Network, withoutNamespaces, type Cut } from '../network';
import { becomes, stands } from '../post';
import { tones, type SipCall } from '../rig';
import { browserPhone, hears, postIn, toneFile } from '../softphone';
import { launch, Stage } from '../stage';
import { fr } from '../words';

// The network goes away under a page: its machine's plug is pulled, or packets vanish on the way and nobody is told.
// It is noticed within six seconds, no call is ended by it within twenty, and it is back within two of the line's return.

const voice = 1000;
const camille = 'camille-martin';
const toNotice = 6_000; // ms
const toReturn = 2_000;
const kept = 20_000;

describe.skipIf(withoutNamespaces)('a network of its own', () => {
  let network: Network;
  let own: Browser;
  let giveBack: () => Promise<void>;

  beforeAll(() => {
    network = Network.make();
  });
  // What was begun last ends first: the browser and the node before their network.
  afterAll(() => network.remove());
  const stage = Stage.forFile(undefined, () => network.host);

  beforeEach(async () => {
    giveBack = await browserPhone(stage, camille);
    own = await launch(toneFile(voice), { executable: network.browser, origin: stage.rig.url });
  });

  afterEach(async () => {
    network.mend();
    await own.close();
    await giveBack();
  });

  /** Camille in a call: the page hears its caller and he hears her. */
  async function inCall(): Promise<{ page: Page; call: SipCall }> {
    const page = await postIn(own, stage, camille);
    const call = await ring();
    await page.getByRole('button', { name: fr.banner.card.answer }).click();
    await stands(page, 'talking');
    await talking(page, call);
    return { page, call };
  }

  async function talking(page: Page, call: SipCall): Promise<void> {
    await stage.rig.hears(call.id, { tone: voice });
    await hears(page, tones.caller);
  }

  function ring(): Promise<SipCall> {
    return stage.rig.call({ to: stage.rig.group('Accueil').number, caller: '+33612345678', name: 'Zoé Blanc' });
  }

  async function camilleNow() {
    const now = (await stage.api.floor()).operators.find(({ id }) => id === stage.rig.person(camille).id);
    if (!now) throw new Error('she is not on the floor');
    return now;
  }

  /** How supervision sees her telephone. */
  const reachable = async (): Promise<boolean> => (await camilleNow()).phone.state === 'reachable';

  /** How long it takes since an instant until she can be reached, or no longer. */
  async function until(wanted: boolean, since: number, atMost: number): Promise<void> {
    let asked = 0;
    const is = (): Promise<boolean> => {
      asked = performance.now() - since;
      return reachable();
    };
    await expect.poll(is, { timeout: 2 * atMost, interval: 50 }).toBe(wanted);
    process.stdout.write(`  ${wanted ? 'back' : 'noticed'} after ${(asked / 1000).toFixed(1)} s\n`);
    expect(asked, 'ms it took').toBeLessThan(atMost);
  }

  function cut(how: Cut): number {
    network.cut(how);
    return performance.now();
  }

  function mend(): number {
    network.mend();
    return performance.now();
  }

  /** What supervision sees is so for as long as the line is cut, and the test is about. */
  async function stays(activity: string, since: number, time: number): Promise<void> {
    const seen = new Set<string>();
    const passed = async (): Promise<boolean> => {
      const now = await camilleNow();
      seen.add(`${now.activity}, ${now.phone.state}`);
      return performance.now() - since >= time;
    };
    await expect.poll(passed, { timeout: time + 5_000, interval: 250 }).toBe(true);
    expect([...seen]).toEqual([`${activity}, unreachable`]);
  }

  const ways: [Cut, string][] = [['unplugged', 'the plug is out'], ['silent', 'packets vanish']];

  test.each(ways)('nothing is offered to a page whose network is gone, and what waits as soon as it is back (%s)', async (how) => {
    const page = await postIn(own, stage, camille);
    const gone = cut(how);
    await until(false, gone, toNotice);
    const call = await ring();
    await stage.rig.hears(call.id, { music: true });
    await stays('idle', gone, 12_000);
    await until(true, mend(), toReturn);
    await stands(page, 'ringing');
    await page.getByRole('button', { name: fr.banner.card.answer }).click();
    await talking(page, call);
  });

  test.each(ways)('a call whose network is back within twenty seconds goes on: music meanwhile (%s)', async (how) => {
    const { page, call } = await inCall();
    const gone = cut(how);
    await until(false, gone, toNotice);
    await stage.rig.hears(call.id, { music: true });
    await stays('talking', gone, 17_000);
    await stage.rig.hears(call.id, { music: true });
    await until(true, mend(), toReturn);
    await talking(page, call);
    await stands(page, 'talking');
    expect((await stage.rig.look(call.id)).state).toBe('established');
  });

  test.each(ways)('after twenty seconds its caller waits for somebody else, and she is offered calls when it is back (%s)', async (how) => {
    const { page, call } = await inCall();
    const gone = cut(how);
    await until(false, gone, toNotice);
    const state = async (): Promise<string | undefined> => (await stage.api.floor()).calls[0]?.state;
    await expect.poll(state, { timeout: 30_000, interval: 50 }).toBe('queued');
    expect(performance.now() - gone).toBeGreaterThan(kept);
    await stage.rig.hears(call.id, { music: true });
    expect((await stage.rig.look(call.id)).state).toBe('established');
    // Long enough that nobody tries as often as at first.
    await stays('wrap_up', gone, 45_000);
    await until(true, mend(), toReturn);
    await stage.rig.hangUp(call.id);
    await becomes(stage.rig, call.id, 'ended');
    expect(page.url()).toContain('/banner');
  });

  test.each(ways)('supervision says how old its data are, and follows again two seconds after the line (%s)', async (how) => {
    const context = await own.newContext({ baseURL: stage.rig.url, locale: 'fr-FR' });
    const { login, password } = stage.rig.person('claire-dubois');
    expect((await context.request.post('/api/v1/login', { data: { login, password } })).status()).toBe(200);
    const page = await context.newPage();
    await page.goto('/supervision');
    await page.getByText(fr.supervision.connection.live).waitFor();
    const [lost = ''] = fr.common.stale.split('{{');
    cut(how);
    await page.getByText(lost).waitFor({ timeout: 21_000 });
    mend();
    await page.getByText(lost).waitFor({ state: 'detached', timeout: toReturn });
    // And it follows: what happens now is seen.
    await ring();
    await page.getByText('Zoé Blanc').waitFor({ timeout: 3000 });
  });
});
