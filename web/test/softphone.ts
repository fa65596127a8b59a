import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { sees } from './post';
import type { Stage } from './stage';

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

/** The strongest frequency the page hears, to the nearest ten hertz; 0 for silence. */
export function heard(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const peer = (globalThis as unknown as { bandeauPeers: RTCPeerConnection[] }).bandeauPeers.at(-1);
    const track = peer?.getReceivers()[0]?.track;
    if (!track) return 0;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 16_384;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    await context.resume();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let loudest = 0;
    for (let n = 1; n < bins.length; n++) if ((bins[n] ?? -200) > (bins[loudest] ?? -200)) loudest = n;
    const level = bins[loudest] ?? -200;
    const hertz = (loudest * context.sampleRate) / analyser.fftSize;
    await context.close();
    return level < -60 ? 0 : Math.round(hertz / 10) * 10;
  });
}

/** Waits until the page hears a tone. */
export async function hears(page: Page, hertz: number): Promise<void> {
  await expect.poll(() => heard(page), { timeout: 10_000, interval: 50 }).toBeGreaterThan(hertz - 15);
  expect(await heard(page)).toBeLessThan(hertz + 15);
}

/** How the server sees the phone of who is at a page. */
export async function phoneIs(page: Page, state: string): Promise<void> {
  await sees(async () => ((await (await page.request.get('/api/v1/me')).json()) as { phone: { state: string } }).phone.state, state);
}
