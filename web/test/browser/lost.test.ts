import { kill } from 'node:process';

import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { becomes, stands } from '../post';
import { browserPhone, postIn, toneFile } from '../softphone';
import { launch, Stage } from '../stage';
import { fr } from '../words';

// A page that hangs, sleeps or dies is no telephone: it is noticed within six seconds, and never ends a call
// within twenty. The page is in a browser of its own, whose processes are stopped and killed.

const voice = 1000;
const stage = Stage.forFile();
const camille = 'camille-martin';
const toNotice = 6_000; // ms
const toReturn = 2_000;

let giveBack: () => Promise<void>;
let own: Browser;
let processes: Map<number, string>;

beforeEach(async () => {
  giveBack = await browserPhone(stage, camille);
  own = await launch(toneFile(voice));
});

afterEach(async () => {
  signal('SIGCONT');
  await own.close().catch(() => undefined);
  await giveBack();
});

function signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
  for (const pid of processes.keys()) {
    try {
      kill(pid, name);
    } catch (gone) {
      if ((gone as NodeJS.ErrnoException).code !== 'ESRCH') throw gone;
    }
  }
}

/** Camille at her post, in the browser that is about to go. */
async function atPost(): Promise<Page> {
  const page = await postIn(own, stage, camille);
  const session = await own.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  processes = new Map(processInfo.map(({ id, type }) => [id, type]));
  return page;
}

/** How supervision sees her telephone. */
async function reachable(): Promise<boolean> {
  const { operators } = await stage.api.floor();
  return operators.find(({ id }) => id === stage.rig.person(camille).id)?.phone.state === 'reachable';
}

/** How long it takes until she can be reached, or no longer. */
async function until(wanted: boolean, atMost: number): Promise<void> {
  const from = performance.now();
  await expect.poll(reachable, { timeout: atMost, interval: 50 }).toBe(wanted);
  process.stdout.write(`  ${wanted ? 'back' : 'noticed'} after ${((performance.now() - from) / 1000).toFixed(1)} s\n`);
}

function ring() {
  return stage.rig.call({ to: stage.rig.group('Accueil').number, caller: '+33612345678', name: 'Zoé Blanc' });
}

async function offered(): Promise<boolean> {
  return (await stage.api.floor()).operators.find(({ id }) => id === stage.rig.person(camille).id)?.activity !== 'idle';
}

test('a page that hangs is offered nothing, and what waits as soon as it is back', async () => {
  const page = await atPost();
  const hangs = page.evaluate((end) => {
    while (Date.now() < end); // as a page does that has lost its way
  }, Date.now() + 12_000);
  await until(false, toNotice);
  const call = await ring();
  await stage.rig.hears(call.id, { music: true });
  expect(await offered()).toBe(false);
  await hangs;
  await until(true, toReturn);
  await stands(page, 'ringing');
});

test('a laptop that sleeps in a call: its caller hears music, and they talk on when it wakes', async () => {
  const page = await atPost();
  const call = await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  await stage.rig.hears(call.id, { tone: voice });
  signal('SIGSTOP');
  await until(false, toNotice);
  await stage.rig.hears(call.id, { music: true });
  signal('SIGCONT');
  await until(true, toReturn);
  await stage.rig.hears(call.id, { tone: voice });
  await stands(page, 'talking');
});

test('a browser that is killed in a call: twenty seconds of music, then its caller waits for somebody else', async () => {
  const page = await atPost();
  const call = await ring();
  await page.getByRole('button', { name: fr.banner.card.answer }).click();
  await stands(page, 'talking');
  await stage.rig.hears(call.id, { tone: voice });
  const from = performance.now();
  signal('SIGKILL');
  await until(false, toNotice);
  await stage.rig.hears(call.id, { music: true });
  const state = async (): Promise<string | undefined> => (await stage.api.floor()).calls[0]?.state;
  await expect.poll(state, { timeout: 30_000, interval: 50 }).toBe('queued');
  expect(performance.now() - from).toBeGreaterThan(20_000);
  await stage.rig.hears(call.id, { music: true });
  expect((await stage.rig.look(call.id)).state).toBe('established');
  await stage.rig.hangUp(call.id);
  await becomes(stage.rig, call.id, 'ended');
});
