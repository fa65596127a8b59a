import type { Devices, Peer, PeerState, Permission, Platform, Wanted } from './platform';
import type { FromPage } from './wire';

// For tests: a browser and a server of which the test decides what they do.

export class FakeTrack extends EventTarget {
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  readonly device: string | null;

  constructor(device: string | null) {
    super();
    this.device = device;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** The device is pulled out. */
  end(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

export class FakePeer implements Peer {
  readonly heard = new FakeTrack(null) as unknown as MediaStreamTrack;
  carried: FakeTrack | null = null;
  accepted: string | null = null;
  closed = false;
  report: Record<string, unknown>[] = [];
  readonly told: (state: PeerState) => void;

  constructor(told: (state: PeerState) => void) {
    this.told = told;
  }

  carry(track: MediaStreamTrack | null): Promise<void> {
    this.carried = track as unknown as FakeTrack | null;
    return Promise.resolve();
  }

  offer(): Promise<string> {
    return Promise.resolve('offer');
  }

  accept(answer: string): Promise<void> {
    this.accepted = answer;
    return answer === 'nonsense' ? Promise.reject(new Error('nonsense')) : Promise.resolve();
  }

  stats(): Promise<Iterable<Record<string, unknown>>> {
    return Promise.resolve(this.report);
  }

  close(): void {
    this.closed = true;
  }
}

const headset = { id: 'h1', label: 'Headset' };

export class FakeBrowser implements Platform {
  obstacle: Platform['obstacle'] = null;
  allowed: Permission = 'granted';
  /** Why the microphone does not open. */
  broken: string | null = null;
  here: Devices = { inputs: [headset], outputs: [headset], usual: 'h1' };
  maySound = true;
  readonly peers: FakePeer[] = [];
  readonly tracks: FakeTrack[] = [];
  readonly sounded: { readonly track: MediaStreamTrack | null; readonly output: string }[] = [];
  readonly sent: FromPage[] = [];
  private time = 0;
  private timers: { readonly at: number; readonly run: () => void }[] = [];
  private changed: () => void = () => undefined;

  permission(): Promise<Permission> {
    return Promise.resolve(this.allowed);
  }

  microphone({ device }: Wanted): Promise<MediaStreamTrack> {
    if (this.broken !== null) return Promise.reject(new DOMException('no', this.broken));
    const track = new FakeTrack(device);
    this.tracks.push(track);
    return Promise.resolve(track as unknown as MediaStreamTrack);
  }

  devices(): Promise<Devices> {
    return Promise.resolve(this.here);
  }

  watch(changed: () => void): () => void {
    this.changed = changed;
    return () => {
      this.changed = () => undefined;
    };
  }

  peer(told: (state: PeerState) => void): Peer {
    const peer = new FakePeer(told);
    this.peers.push(peer);
    return peer;
  }

  sound(track: MediaStreamTrack | null, output: string): Promise<boolean> {
    this.sounded.push({ track, output });
    return Promise.resolve(this.maySound);
  }

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  id(): string {
    return `s${this.peers.length + 1}`;
  }

  /** The devices or the permission have changed. */
  async change(here: Devices = this.here): Promise<void> {
    this.here = here;
    this.changed();
    await this.settle();
  }

  /** Lets time pass, and what was to be done in it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await this.settle();
    for (let next = this.next(end); next; next = this.next(end)) {
      const due = next;
      this.timers = this.timers.filter((other) => other !== due);
      this.time = due.at;
      due.run();
      await this.settle();
    }
    this.time = end;
  }

  private next(end: number) {
    return this.timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0];
  }

  /** Lets what has been promised happen. */
  async settle(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
}
