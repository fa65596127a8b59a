import { Value } from '../../../live/value';

// The ring of the page. Made of numbers, so that nothing is loaded and the page's policy
// has nothing to allow; looped by the sound card, since timers of hidden pages are slow.

const rate = 24_000;
const strike = [0, 0.24]; // two notes, then quiet until the loop begins anew
const notes = [659.26, 523.25];
const loop = 3;

/** One period of the ring: two soft bell notes and a rest. */
export function ringSamples(): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(rate * loop);
  for (const round of [0, 0.9]) {
    for (const [i, note] of notes.entries()) {
      const start = Math.round((round + (strike[i] ?? 0)) * rate);
      for (let n = 0; n < rate * 0.85 && start + n < samples.length; n++) {
        const t = n / rate;
        const swell = Math.min(1, t / 0.008) * Math.exp(-t * 5.5);
        const tone = Math.sin(2 * Math.PI * note * t) + 0.35 * Math.sin(4 * Math.PI * note * t) + 0.12 * Math.sin(6.03 * Math.PI * note * t);
        samples[start + n] = (samples[start + n] ?? 0) + 0.22 * swell * tone;
      }
    }
  }
  return samples;
}

export class Ringer {
  /** The browser holds the sound back until a click or a key. */
  readonly blocked = new Value(false);

  private context: AudioContext | undefined;
  private buffer: AudioBuffer | undefined;
  private source: AudioBufferSourceNode | undefined;
  private trial: ReturnType<typeof setTimeout> | undefined;
  private output = '';

  /** Makes everything that a ring needs, so that it begins at once; learns whether it would be heard. */
  prepare(): void {
    this.ready();
  }

  /** Where it rings; '' is where everything else sounds. */
  to(output: string): void {
    this.output = output;
    void this.direct();
  }

  /** To be called from a click or a key: browsers let a page sound after one. */
  unlock(): void {
    const context = this.ready()?.context;
    if (context?.state === 'suspended') void context.resume();
  }

  play(): void {
    clearTimeout(this.trial);
    if (this.source) return;
    const made = this.ready();
    if (!made) return;
    if (made.context.state === 'suspended') void made.context.resume();
    this.source = made.context.createBufferSource();
    this.source.buffer = made.buffer;
    this.source.loop = true;
    this.source.connect(made.context.destination);
    this.source.start();
  }

  stop(): void {
    clearTimeout(this.trial);
    this.source?.stop();
    this.source = undefined;
  }

  /** Rings once, to hear whether it is heard. */
  test(): void {
    if (this.source) return;
    this.play();
    this.trial = setTimeout(() => this.stop(), loop * 1000);
  }

  /** Short, before the page answers by itself: nobody is put through unawares. */
  tone(): void {
    const made = this.ready();
    if (!made) return;
    const { context } = made;
    if (context.state === 'suspended') void context.resume();
    const [note, volume] = [context.createOscillator(), context.createGain()];
    note.frequency.value = 880;
    volume.gain.setValueAtTime(0, context.currentTime);
    volume.gain.linearRampToValueAtTime(0.2, context.currentTime + 0.02);
    volume.gain.setValueAtTime(0.2, context.currentTime + 0.3);
    volume.gain.linearRampToValueAtTime(0, context.currentTime + 0.35);
    note.connect(volume).connect(context.destination);
    note.start();
    note.stop(context.currentTime + 0.4);
  }

  /** Not every browser can, and a device may have gone: it rings then where everything else sounds. */
  private async direct(): Promise<void> {
    const context = this.context as (AudioContext & { setSinkId?: (id: string) => Promise<void> }) | undefined;
    try {
      await context?.setSinkId?.(this.output);
    } catch {
      await context?.setSinkId?.('').catch(() => undefined);
    }
  }

  /** Undefined on a machine without sound. */
  private ready(): { readonly context: AudioContext; readonly buffer: AudioBuffer } | undefined {
    try {
      if (!this.context) {
        const made = new AudioContext();
        made.addEventListener('statechange', () => this.blocked.set(made.state === 'suspended'));
        this.context = made;
        this.blocked.set(made.state === 'suspended');
        void this.direct();
      }
      if (!this.buffer) {
        this.buffer = this.context.createBuffer(1, rate * loop, rate);
        this.buffer.copyToChannel(ringSamples(), 0);
      }
      return { context: this.context, buffer: this.buffer };
    } catch {
      return undefined;
    }
  }
}

export const ringer = new Ringer();
