import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';

import { sees, stands } from './post';
import type { Stage } from './stage';
import { fr } from './words';

// What the tests need to know of a page that is a phone.

const rate = 48_000;

/** A sound file of one tone, to be said into a microphone. */
export function toneFile(hertz: number): string {
  // Whole periods only: it is played over and over without a click.
  const samples = rate * 2;
  const data = Buffer.alloc(44 + samples * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + samples * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n++) data.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * hertz * n) / rate)), 44 + n * 2);
  const file = join(mkdtempSync(join(tmpdir(), 'bandeau-tone-')), 'tone.wav');
  writeFileSync(file, data);
  return file;
}

/** Makes the browser the phone of an operator's record, and gives back what was there. */
export async function browserPhone(stage: Stage, login: string, fallback: string | null = null): Promise<() => Promise<void>> {
  const path = { params: { path: { id: stage.rig.person(login).id } } };
  const { data: before } = await stage.api.client.GET('/api/v1/operators/{id}', path);
  if (!before) throw new Error(`no record of ${login}`);
  const change = async (phone: typeof before.phone): Promise<void> => {
    const { response } = await stage.api.client.PATCH('/api/v1/operators/{id}', { ...path, body: { phone } });
    expect(response.status).toBe(200);
  };
  await change({ kind: 'browser', number: null, account: null, confirm: false, fallback });
  return () => change(before.phone);
}

/** Prepares a page: a steady tone would be taken for noise, and what comes in is to be listened to. */
export async function listenable(page: Page): Promise<void> {
  await page.addInitScript(() => {
    localStorage.setItem('bandeau-phone', '{"clean":false}');
    const peers: RTCPeerConnection[] = [];
    Object.assign(globalThis, { bandeauPeers: peers });
    const Real = globalThis.RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        peers.push(this);
      }
    };
  });
}

/** The tones the page hears, to the nearest ten hertz, the lowest first: none are silence. */
export function heard(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const peer = (globalThis as unknown as { bandeauPeers: RTCPeerConnection[] }).bandeauPeers.at(-1);
    const track = peer?.getReceivers()[0]?.track;
    if (!track) return [];
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 16_384;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    await context.resume();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const width = context.sampleRate / analyser.fftSize;
    await context.close();
    // What is much weaker than the strongest is what the codecs make of it.
    const least = Math.max(-60, Math.max(...levels) - 30);
    const near = Math.ceil(30 / width);
    const peaks: number[] = [];
    for (const [n, level] of levels.entries()) {
      if (level >= least && level === Math.max(...levels.slice(Math.max(n - near, 0), n + near + 1))) peaks.push(Math.round((n * width) / 10) * 10);
    }
    return peaks;
  });
}

/** Waits until the page hears these tones and nothing else; without any, until it hears nothing. */
export async function hears(page: Page, ...hertz: number[]): Promise<void> {
  await sees(() => heard(page), hertz.toSorted((a, b) => a - b));
}

/** An operator at her post, with a page that is her phone, in a browser of her own. */
export async function postIn(own: Browser, stage: Stage, login: string): Promise<Page> {
  const context = await own.newContext({ baseURL: stage.rig.url, locale: 'fr-FR', permissions: ['microphone', 'notifications'] });
  const page = await context.newPage();
  const { password } = stage.rig.person(login);
  expect((await context.request.post('/api/v1/login', { data: { login, password } })).status()).toBe(200);
  await listenable(page);
  await page.goto('/banner');
  await page.getByRole('button', { name: fr.banner.take.go }).click();
  await phoneIs(page, 'reachable');
  await stands(page, 'available');
  return page;
}

/** How the server sees the phone of who is at a page. */
export async function phoneIs(page: Page, state: string): Promise<void> {
  await sees(async () => ((await (await page.request.get('/api/v1/me')).json()) as { phone: { state: string } }).phone.state, state);
}
