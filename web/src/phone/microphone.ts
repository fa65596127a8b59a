import { Value } from '../live/value';
import { choices, found } from './choices';
import type { Platform } from './platform';

/** Why nothing is heard of us. */
export type MicrophoneTrouble = 'denied' | 'no_device' | 'in_use' | 'failed';

/** What the microphone is open for; it is closed when there is nothing left. */
export type Use = 'call' | 'trial' | 'kept';

export function troubleOf(error: unknown): MicrophoneTrouble {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no_device';
    case 'NotReadableError':
    case 'AbortError':
      return 'in_use';
    default:
      return 'failed';
  }
}

/** The microphone, open only while it is used: the browser shows people when it is. */
export class Microphone {
  readonly track = new Value<MediaStreamTrack | null>(null);
  readonly trouble = new Value<MicrophoneTrouble | null>(null);

  private readonly uses = new Set<Use>();
  private opening: Promise<boolean> | undefined;
  /** Counts the devices that were asked for: one that comes late is closed again. */
  private asked = 0;
  /** The device and the treatment of the open track. */
  private held = '';
  private readonly platform: Platform;

  constructor(platform: Platform) {
    this.platform = platform;
  }

  /** Opens it, unless it is; resolves to whether it is open. */
  use(use: Use): Promise<boolean> {
    this.uses.add(use);
    if (this.track.get()) return Promise.resolve(true);
    this.opening ??= this.open().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  release(use: Use): void {
    this.uses.delete(use);
    if (this.uses.size === 0) this.shut();
  }

  close(): void {
    this.uses.clear();
    this.shut();
  }

  /** Looks again which device is to be used: one was chosen, has come, or has gone. */
  async look(): Promise<void> {
    if (this.uses.size === 0) return;
    const before = this.track.get();
    if (before?.readyState !== 'live' || this.held !== (await this.wanted()).key) {
      await this.open();
      return;
    }
    // Another one was chosen for a moment: whether it opens, or why it does not, matters no more.
    this.asked++;
    this.trouble.set(null);
  }

  private async wanted(): Promise<{ readonly device: string | null; readonly clean: boolean; readonly key: string }> {
    const { input, clean } = choices.get();
    const { inputs, usual } = await this.platform.devices();
    const device = found(input, inputs) || null;
    return { device, clean, key: `${device ?? usual} ${String(clean)}` };
  }

  private async open(): Promise<boolean> {
    const asked = ++this.asked;
    try {
      const wanted = await this.wanted();
      const track = await this.platform.microphone(wanted);
      if (asked !== this.asked || this.uses.size === 0) {
        track.stop();
        return this.track.get() !== null;
      }
      // One that is pulled out ends by itself; a device that is left may take its place.
      track.addEventListener('ended', () => this.track.get() === track && void this.look());
      const former = this.track.get();
      this.held = wanted.key;
      this.trouble.set(null);
      this.track.set(track);
      former?.stop();
      return true;
    } catch (error) {
      if (asked !== this.asked) return this.track.get() !== null;
      this.trouble.set(troubleOf(error));
      const former = this.track.get();
      // A device that works is not given up for one that does not.
      if (former && former.readyState !== 'live') this.track.set(null);
      return this.track.get() !== null;
    }
  }

  private shut(): void {
    this.asked++;
    this.opening = undefined;
    const track = this.track.get();
    this.track.set(null);
    track?.stop();
  }
}
