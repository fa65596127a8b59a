import type { Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { Api } from '../api';
import { inspect } from '../inspect';
import { tabTo } from '../keyboard';
import { atPhone, becomes } from '../post';
import { tones, type SipCall } from '../rig';
import { listenable, toneFile } from '../softphone';
import { Stage } from '../stage';
import { filled, fr, wordsIn } from '../words';

const voice = 1000;
const otherCaller = 600;
const stage = Stage.forFile(toneFile(voice));
const words = fr.supervision.listening;
const [camille, ines, claire] = ['camille-martin', 'ines-moreau', 'claire-dubois'];

async function allow(listen: boolean): Promise<void> {
  const path = { params: { path: { id: stage.rig.person(claire).id } } };
  const { response } = await stage.api.client.PATCH('/api/v1/users/{id}', { ...path, body: { rights: { operatorDetail: true, listen } } });
  expect(response.status).toBe(200);
}

beforeEach(() => allow(true));

afterEach(() => allow(false));

/** An operator who talks on a desk phone to a caller. */
async function talking(login: string, group: string, tone?: number) {
  const api = await Api.login(stage.rig.url, stage.rig.person(login));
  const caller = await stage.rig.call({ to: stage.rig.group(group).number, ...(tone !== undefined && { tone }) });
  await atPhone(stage.rig, login, 'ringing');
  const { data } = await api.client.GET('/api/v1/me');
  const id = data && 'calls' in data ? (data.calls[0]?.id ?? '') : '';
  await api.client.POST('/api/v1/me/calls/{id}/answer', { params: { path: { id } } });
  const phone = await atPhone(stage.rig, login, 'established');
  await stage.rig.hears(phone.id, { tone: tone ?? tones.caller });
  return { api, caller, phone };
}

/** A supervisor's page that can be listened to. */
async function supervise(login = claire): Promise<Page> {
  const { page } = await stage.desk(login, 'about:blank');
  await listenable(page);
  await page.goto('/supervision?view=operators');
  return page;
}

async function drawer(page: Page, login: string): Promise<Locator> {
  const { name } = stage.rig.person(login);
  await page.getByRole('button', { name, exact: true }).click();
  const opened = page.getByRole('dialog', { name, exact: true });
  await opened.waitFor();
  return opened;
}

/** The tones a page hears, of those that anybody makes. */
function heard(page: Page): Promise<number[]> {
  return page.evaluate(async (candidates) => {
    const peers = (globalThis as unknown as { bandeauPeers: RTCPeerConnection[] }).bandeauPeers;
    const track = peers.at(-1)?.getReceivers()[0]?.track;
    if (!track) return [];
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 16_384;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    await context.resume();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const width = context.sampleRate / analyser.fftSize;
    await context.close();
    return candidates.filter((hertz) => Math.max(...bins.slice(Math.round(hertz / width) - 3, Math.round(hertz / width) + 4)) > -60);
  }, [tones.caller, otherCaller, tones.operator, voice]);
}

const hears = (page: Page, wanted: number[]) => expect.poll(() => heard(page), { timeout: 15_000, interval: 50 }).toEqual(wanted);

/** Who hears whom, on the two phones. */
async function phonesHear(caller: SipCall, phone: SipCall, atCaller: number[], atPhoneOf: number[]): Promise<void> {
  for (const [end, wanted] of [[caller, atCaller], [phone, atPhoneOf]] as const) {
    await stage.rig.hears(end.id, wanted.length === 1 ? { tone: wanted[0] ?? 0 } : { tones: wanted });
  }
}

test('listen, whisper, join: who hears whom', async () => {
  const { api, caller, phone } = await talking(camille, 'Accueil');
  const page = await supervise();
  const who = await drawer(page, camille);
  await who.getByRole('button', { name: words.do.listen }).click();
  // The first time he is asked on which phone: this browser is the answer already.
  const asked = page.getByRole('dialog', { name: filled(words.ask.listen, { name: stage.rig.person(camille).name }) });
  await asked.getByRole('button', { name: words.do.listen }).click();
  const bar = page.getByRole('region', { name: words.title });
  await bar.getByText(words.heard.listen).waitFor();
  await hears(page, [tones.caller, tones.operator]);
  await phonesHear(caller, phone, [tones.operator], [tones.caller]);

  await bar.getByRole('button', { name: words.do.whisper }).click();
  await bar.getByText(words.heard.whisper).waitFor();
  await phonesHear(caller, phone, [tones.operator], [tones.caller, voice]);
  await hears(page, [tones.caller, tones.operator]);
  const { data: me } = await api.client.GET('/api/v1/me');
  expect(me && 'calls' in me && me.calls[0]?.observers).toEqual([{ mode: 'whisper', name: stage.rig.person(claire).name }]);
  await page.keyboard.press('m');
  await phonesHear(caller, phone, [tones.operator], [tones.caller]);
  await bar.getByRole('button', { name: words.unmute }).click();
  await phonesHear(caller, phone, [tones.operator], [tones.caller, voice]);

  await bar.getByRole('button', { name: words.do.join }).click();
  await bar.getByText(words.heard.join).waitFor();
  await phonesHear(caller, phone, [tones.operator, voice], [tones.caller, voice]);
  await hears(page, [tones.caller, tones.operator]);

  // Another page of the face ends nothing, and has it at its foot as well.
  await bar.getByRole('link').click();
  await page.waitForURL('**/supervision/calls/*');
  await bar.getByRole('button', { name: words.do.listen }).click();
  await bar.getByText(words.heard.listen).waitFor();
  await phonesHear(caller, phone, [tones.operator], [tones.caller]);
  await hears(page, [tones.caller, tones.operator]);

  await tabTo(page, bar.getByRole('button', { name: words.leave }));
  await page.keyboard.press('Enter');
  await bar.waitFor({ state: 'hidden' });
  await phonesHear(caller, phone, [tones.operator], [tones.caller]);
});

/** Notes what becomes of a page's microphone and loudspeaker. */
async function noted(page: Page): Promise<() => Promise<{ readonly carried: string[]; readonly sounds: string[] }>> {
  await page.addInitScript(() => {
    const noted: { carried: string[]; sounds: string[] } = { carried: [], sounds: [] };
    Object.assign(globalThis, { bandeauNoted: noted });
    // Called on the sender and the element that they are of.
    /* eslint-disable @typescript-eslint/unbound-method */
    const [replace, setSink] = [RTCRtpSender.prototype.replaceTrack, HTMLMediaElement.prototype.setSinkId];
    /* eslint-enable @typescript-eslint/unbound-method */
    RTCRtpSender.prototype.replaceTrack = function (this: RTCRtpSender, track) {
      if (track !== this.track) noted.carried.push(`${track?.label ?? 'nothing'} for ${this.track === null ? 'nothing' : this.track.readyState}`);
      return replace.call(this, track);
    };
    HTMLMediaElement.prototype.setSinkId = async function (this: HTMLMediaElement, id) {
      await setSink.call(this, id);
      const devices = await navigator.mediaDevices.enumerateDevices();
      noted.sounds.push(`${devices.find(({ kind, deviceId }) => kind === 'audiooutput' && deviceId === id)?.label ?? ''}${this.paused ? ', silent' : ''}`);
    };
  });
  return () => page.evaluate(() => (globalThis as unknown as { bandeauNoted: { carried: string[]; sounds: string[] } }).bandeauNoted);
}

test('another microphone and another loudspeaker while he listens', async () => {
  const { phone } = await talking(camille, 'Accueil');
  const page = await supervise();
  const told = await noted(page);
  await page.evaluate(() => localStorage.setItem('bandeau-listening-phone', '{"kind":"browser"}'));
  await page.reload();
  await (await drawer(page, camille)).getByRole('button', { name: words.do.listen }).click();
  const bar = page.getByRole('region', { name: words.title });
  await hears(page, [tones.caller, tones.operator]);
  const button = bar.getByRole('button', { name: words.devices.title });
  await tabTo(page, button);
  await page.keyboard.press('Enter');
  const menu = page.getByRole('dialog', { name: words.devices.title });
  // Who only listens chooses for later: no microphone is opened for that.
  await menu.getByRole('combobox', { name: words.devices.input }).selectOption('Fake Audio Input 1');
  await menu.getByRole('combobox', { name: words.devices.output }).selectOption('Fake Audio Output 2');
  await expect.poll(told).toEqual({ carried: [], sounds: ['Fake Audio Output 2'] });
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'hidden' });
  await expect.poll(() => button.evaluate((one) => one === document.activeElement)).toBe(true);

  await bar.getByRole('button', { name: words.do.whisper }).click();
  await stage.rig.hears(phone.id, { tones: [tones.caller, voice] });
  await button.click();
  await menu.getByRole('combobox', { name: words.devices.input }).selectOption('Fake Audio Input 2');
  await expect.poll(async () => (await told()).carried).toEqual(['Fake Audio Input 1 for nothing', 'Fake Audio Input 2 for live']);
  await stage.rig.hears(phone.id, { tones: [tones.caller, voice] });
  await hears(page, [tones.caller, tones.operator]);
  expect(await page.evaluate(() => localStorage.getItem('bandeau-phone'))).toMatch(/"input":\{[^}]*Fake Audio Input 2.*"output":\{[^}]*Fake Audio Output 2/);
});

test('another operator is heard at once, and the end of a conversation is said', async () => {
  await talking(camille, 'Accueil');
  const other = await talking(ines, 'Conseil', otherCaller);
  const page = await supervise();
  await page.evaluate(() => localStorage.setItem('bandeau-listening-phone', '{"kind":"browser"}'));
  await page.reload();
  const bar = page.getByRole('region', { name: words.title });
  await (await drawer(page, camille)).getByRole('button', { name: words.do.listen }).click();
  await hears(page, [tones.caller, tones.operator]);
  await (await drawer(page, ines)).getByRole('button', { name: words.do.listen }).click();
  await bar.getByText(stage.rig.person(ines).name).waitFor();
  await hears(page, [otherCaller, tones.operator]);
  const { calls } = await stage.api.floor();
  expect(calls.filter(({ observedBy }) => (observedBy ?? []).length > 0)).toHaveLength(1);
  await stage.rig.hangUp(other.caller.id);
  await page.getByText(filled(words.end.over, { name: stage.rig.person(ines).name })).waitFor();
  await bar.waitFor({ state: 'hidden' });
});

test('a desk phone rings to listen with, and the page is none', async () => {
  const { caller, phone } = await talking(camille, 'Accueil');
  await stage.rig.phone('libre', { behaviour: 'answer' });
  const page = await supervise();
  await (await drawer(page, camille)).getByRole('button', { name: words.do.join }).click();
  const asked = page.getByRole('dialog', { name: filled(words.ask.join, { name: stage.rig.person(camille).name }) });
  await asked.getByRole('button', { name: words.kind.centrex }).click();
  await asked.getByRole('combobox').selectOption({ label: stage.rig.sparePhone });
  await asked.getByRole('button', { name: words.do.join }).click();
  const bar = page.getByRole('region', { name: words.title });
  await bar.getByText(words.heard.join).waitFor();
  const desk = await atPhone(stage.rig, 'libre', 'established');
  await stage.rig.hears(desk.id, { tones: [tones.caller, tones.operator] });
  expect(await page.evaluate(() => (globalThis as unknown as { bandeauPeers: unknown[] }).bandeauPeers.length)).toBe(0);
  await bar.getByRole('button', { name: words.do.listen }).click();
  await bar.getByText(words.heard.listen).waitFor();
  await phonesHear(caller, phone, [tones.operator], [tones.caller]);
  // What is said goes away by itself.
  await Promise.all([page.getByText(words.end.lost).waitFor(), stage.rig.hangUp(desk.id)]);
  await bar.waitFor({ state: 'hidden' });
  await stage.rig.phone('libre', { behaviour: 'talk' });
});

test('a page that is closed hears no more, and without the right nothing is offered', async () => {
  const { phone } = await talking(camille, 'Accueil');
  const page = await supervise();
  await page.evaluate(() => localStorage.setItem('bandeau-listening-phone', '{"kind":"browser"}'));
  await page.reload();
  await (await drawer(page, camille)).getByRole('button', { name: words.do.join }).click();
  await stage.rig.hears(phone.id, { tones: [tones.caller, voice] });
  await page.reload();
  await stage.rig.hears(phone.id, { tone: tones.caller });
  await expect.poll(async () => (await stage.api.floor()).calls.flatMap(({ observedBy }) => observedBy ?? []), { timeout: 10_000 }).toEqual([]);
  await allow(false);
  await page.reload();
  const who = await drawer(page, camille);
  await who.getByRole('button', { name: fr.supervision.action.pause }).waitFor();
  expect(await who.getByRole('button', { name: words.do.listen }).count()).toBe(0);
});

test('the drawer, the question and the bar in every language', async () => {
  const { caller } = await talking(camille, 'Accueil');
  const faults: string[] = [];
  for (const person of stage.rig.people('technical')) {
    const { listening } = wordsIn[person.language].supervision;
    const page = await supervise(person.login);
    const look = async (what: string): Promise<void> => {
      faults.push(...await inspect(page, `${what}, ${person.language}`, person.language === 'fr' ? [1440, 1024, 420] : [1024, 420]));
    };
    const who = await drawer(page, camille);
    await who.getByRole('button', { name: listening.do.whisper }).click();
    const asked = page.getByRole('dialog', { name: filled(listening.ask.whisper, { name: stage.rig.person(camille).name }) });
    await asked.getByRole('button', { name: listening.kind.centrex }).click();
    await asked.getByRole('combobox').waitFor();
    await look('the question');
    await asked.getByRole('button', { name: listening.kind.browser }).click();
    await asked.getByRole('button', { name: listening.do.whisper }).click();
    await page.getByText(listening.heard.whisper).waitFor();
    await page.getByRole('button', { name: listening.devices.title }).click();
    await page.getByRole('dialog', { name: listening.devices.title }).waitFor();
    await look('the bar with the devices');
    await page.keyboard.press('Escape');
    await drawer(page, camille);
    await look('the drawer');
    await page.close();
  }
  expect(faults).toEqual([]);
  await stage.rig.hangUp(caller.id);
  await becomes(stage.rig, caller.id, 'ended');
});
