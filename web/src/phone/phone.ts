import { backoff } from '../live/backoff';
import { Value } from '../live/value';
import { choices, found } from './choices';
import { Microphone, troubleOf, type MicrophoneTrouble } from './microphone';
import type { Devices, Peer, Platform } from './platform';
import { gradeOf, readStats, type Counted, type Quality } from './quality';
import type { FromServer, Send } from './wire';

/** What a person has to do something about. */
export type Trouble = NonNullable<Platform['obstacle']> | MicrophoneTrouble | 'permission' | 'refused';

/** How the phone stands. */
export type PhoneState =
  | { readonly state: 'idle' }
  /** The browser asks the person whether the page may use the microphone. */
  | { readonly state: 'asking' }
  | { readonly state: 'connecting' }
  | { readonly state: 'ready' }
  /** It was connected, and tries to be again. */
  | { readonly state: 'lost' }
  /** Another page of his has it. */
  | { readonly state: 'taken' }
  | { readonly state: 'failed'; readonly trouble: Trouble };

/** The call that concerns the phone; null for none. */
export interface Attending {
  readonly call: string;
  /** He is heard: the call is answered, or he has dialled it. */
  readonly open: boolean;
  readonly muted: boolean;
}

// The server pings each second.
const silence = 5000;
const look = 1000;
const measure = 2000;
// An answer that has not come by then does not come, nor does a connection.
const connectWithin = 6000;

const nowhere: Devices = { inputs: [], outputs: [], usual: '' };

/**
 * The page as a phone: one session with the server for as long as the page is there, without
 * sound until there is a call. It says by itself when it can take calls, and finds its way back.
 */
export class Phone {
  readonly state = new Value<PhoneState>({ state: 'idle' });
  readonly quality = new Value<Quality | null>(null);
  readonly devices = new Value<Devices>(nowhere);
  /** The browser holds the other side's voice back until a click. */
  readonly blocked = new Value(false);
  /** What is heard, for the eye; null without a connection. */
  readonly heard = new Value<MediaStreamTrack | null>(null);
  readonly microphone: Microphone;

  private readonly platform: Platform;
  private readonly send: Send;
  private peer: Peer | null = null;
  private session = '';
  private linked = false;
  private wanted = false;
  /** It connects as soon as it can. */
  private trying = false;
  private attending: Attending | null = null;
  /** Who only listens needs no microphone. */
  private speaks = true;
  /** The answer was clicked: he is heard before the server has said so. */
  private eager = false;
  private pinged = 0;
  private tries = 0;
  private counted: Counted | null = null;
  /** What is to happen unless something else does first. */
  private cancelRetry: () => void = () => undefined;
  private cancelLook: () => void = () => undefined;
  private cancelMeasure: () => void = () => undefined;
  private unwatch: () => void = () => undefined;

  constructor(platform: Platform, send: Send) {
    this.platform = platform;
    this.send = send;
    this.microphone = new Microphone(platform);
    this.microphone.track.subscribe(() => this.carry());
    // While he talks, a microphone that fails is said and nothing else: he hears still.
    this.microphone.trouble.subscribe(() => this.settle());
  }

  /** Becomes a phone without asking, where the permission is still there from before. */
  async start(): Promise<void> {
    if (this.wanted) return;
    this.wanted = true;
    const stops = [this.platform.watch(() => void this.changed()), choices.subscribe(() => void this.changed())];
    this.unwatch = () => {
      for (const stop of stops) stop();
    };
    await this.begin();
  }

  stop(): void {
    this.wanted = false;
    this.unwatch();
    this.rest(true);
    this.microphone.close();
    this.attending = null;
    this.state.set({ state: 'idle' });
  }

  /** To be called from a click: the browser asks for the microphone, and the phone goes on from there. */
  async ask(): Promise<boolean> {
    if (this.platform.obstacle) return false;
    if (!this.serving()) this.state.set({ state: 'asking' });
    const open = await this.microphone.use('kept');
    await this.learn();
    if (open && this.attending) void this.microphone.use('call');
    if (open && !this.keeps(await this.platform.permission())) this.microphone.release('kept');
    if (!this.wanted) return open;
    if (!open) {
      // In a call he hears on, whatever is the matter with the microphone.
      if (this.attending === null || !this.serving()) this.fail(this.microphone.trouble.get() ?? 'failed');
    } else if (!this.serving()) {
      this.state.set({ state: 'connecting' });
      this.connect();
    }
    return open;
  }

  /** Takes the phone over from the page that has it. */
  take(): void {
    if (this.state.get().state !== 'taken') return;
    this.tries = 0;
    void this.begin();
  }

  /** The stream is there, or is not. */
  link(up: boolean): void {
    if (this.linked === up) return;
    this.linked = up;
    if (up && this.trying) this.connect();
    // What is heard goes on as long as the server lets it.
    if (!up && this.state.get().state === 'ready') this.state.set({ state: 'lost' });
  }

  receive(said: FromServer): void {
    if (said.session !== this.session || this.peer === null) return;
    switch (said.kind) {
      case 'answer':
        this.answered(this.peer, said.sdp);
        break;
      case 'ping':
        this.pinged = this.platform.now();
        this.send({ kind: 'pong', session: said.session, n: said.n ?? 0 });
        break;
      case 'refused':
        this.again({ state: 'failed', trouble: 'refused' });
        break;
      case 'taken':
        this.rest(false);
        this.state.set({ state: 'taken' });
        break;
    }
  }

  /** Tells which call there is now. */
  attend(now: Attending | null): void {
    const before = this.attending;
    if (before?.call === now?.call && before?.open === now?.open && before?.muted === now?.muted) return;
    this.attending = now;
    if (now === null || before?.call !== now.call || now.open) this.eager = false;
    if (now === null) this.microphone.release('call');
    // It is not asked for while the person has not been.
    else if (before?.call !== now.call && this.speaks && this.serving()) void this.microphone.use('call');
    this.carry();
    this.measureNow();
  }

  /** Whether he is to be heard at all. To be called from a click where he is: the browser may ask for the microphone. */
  speak(on: boolean): void {
    if (this.speaks === on) return;
    this.speaks = on;
    if (!on) this.microphone.close();
    else if (this.attending) void this.microphone.use('call');
    this.carry();
  }

  /** From a click: browsers name the devices to a page that may use the microphone. It is open no longer than that takes. */
  async name(): Promise<void> {
    await this.microphone.use('trial');
    await this.learn();
    this.microphone.release('trial');
  }

  /** Lets him be heard at the very click that answers; false takes it back, where the answer was refused. */
  answer(on = true): void {
    this.eager = on && this.attending !== null;
    void this.unblock();
    this.carry();
  }

  /** From a click: browsers let a page sound after one. */
  async unblock(): Promise<void> {
    if (this.peer) await this.hear(this.peer);
  }

  /** The page is looked at again: it may have slept. */
  wake(): void {
    if (this.state.get().state === 'ready' && this.platform.now() - this.pinged > silence) this.lost();
    else if (this.state.get().state === 'lost' && this.trying) this.connect();
  }

  private serving(): boolean {
    const { state } = this.state.get();
    return state === 'ready' || state === 'connecting' || state === 'lost';
  }

  private async begin(): Promise<void> {
    const { obstacle } = this.platform;
    if (obstacle) {
      this.fail(obstacle);
      return;
    }
    this.state.set({ state: 'connecting' });
    const [permission] = await Promise.all([this.platform.permission(), this.learn()]);
    if (!this.wanted || this.state.get().state !== 'connecting') return;
    if (!this.speaks) this.connect();
    else if (permission === 'denied') this.fail('denied');
    else if (permission !== 'granted' && !this.microphone.track.get()) this.fail('permission');
    else if (this.devices.get().inputs.length === 0) this.fail('no_device');
    else this.connect();
  }

  /** Where the browser would ask again for each call, the microphone stays open. */
  private keeps(permission: string): boolean {
    return this.wanted && permission !== 'granted';
  }

  /** A device has come or gone, another one was chosen, or the permission has changed. */
  private async changed(): Promise<void> {
    await this.learn();
    await this.microphone.look();
    if (!this.wanted) return;
    if (this.peer) void this.hear(this.peer);
    this.settle();
    const now = this.state.get();
    if (now.state === 'failed' && now.trouble !== 'refused' && !this.platform.obstacle) await this.begin();
  }

  /** A phone that cannot hear him takes no calls; in a call it stays, for the other side is heard still. */
  private settle(): void {
    if (!this.wanted || !this.speaks || this.attending !== null || !this.serving()) return;
    const trouble = this.microphone.trouble.get();
    if (this.devices.get().inputs.length === 0 && this.devices.get() !== nowhere) this.fail('no_device');
    else if (trouble === 'denied') this.fail(trouble);
  }

  private async learn(): Promise<void> {
    try {
      this.devices.set(await this.platform.devices());
    } catch (error) {
      this.microphone.trouble.set(troubleOf(error));
    }
  }

  private connect(): void {
    this.hangUp(false);
    this.trying = true;
    const { state } = this.state.get();
    // What went wrong is said until it goes right.
    if (state !== 'lost' && state !== 'failed') this.state.set({ state: 'connecting' });
    if (this.attending && this.speaks) void this.microphone.use('call');
    if (!this.linked) return;
    this.session = this.platform.id();
    const peer = this.platform.peer((state) => {
      if (this.peer !== peer) return;
      if (state === 'connected') this.connected(peer);
      else if (state === 'lost') this.lost();
    });
    this.peer = peer;
    this.cancelRetry = this.platform.after(connectWithin, () => this.again({ state: 'lost' }));
    this.carry();
    void this.offer(peer, this.session);
  }

  private async offer(peer: Peer, session: string): Promise<void> {
    try {
      const sdp = await peer.offer();
      if (this.peer === peer) this.send({ kind: 'offer', session, sdp });
    } catch {
      if (this.peer === peer) this.again({ state: 'lost' });
    }
  }

  private answered(peer: Peer, sdp: string): void {
    peer.accept(sdp).catch(() => {
      if (this.peer === peer) this.again({ state: 'failed', trouble: 'refused' });
    });
  }

  private connected(peer: Peer): void {
    this.cancelRetry();
    this.tries = 0;
    this.pinged = this.platform.now();
    this.state.set({ state: 'ready' });
    void this.hear(peer);
    this.watchPings();
    this.measureNow();
  }

  private async hear(peer: Peer): Promise<void> {
    this.heard.set(peer.heard);
    const output = found(choices.get().output, this.devices.get().outputs);
    const sounds = await this.platform.sound(peer.heard, output);
    if (this.peer === peer) this.blocked.set(!sounds);
  }

  private watchPings(): void {
    this.cancelLook = this.platform.after(look, () => {
      if (this.platform.now() - this.pinged > silence) this.lost();
      else this.watchPings();
    });
  }

  /** It was connected, and is no more: a new session, at once the first time. */
  private lost(): void {
    if (this.tries === 0) {
      this.tries = 1;
      this.state.set({ state: 'lost' });
      this.connect();
    } else {
      this.again({ state: 'lost' });
    }
  }

  /** This session has come to nothing: another one, in a while. */
  private again(meanwhile: PhoneState): void {
    this.hangUp(false);
    this.tries++;
    this.state.set(meanwhile);
    this.cancelRetry = this.platform.after(backoff(this.tries), () => this.connect());
  }

  private fail(trouble: Trouble): void {
    this.rest(true);
    this.state.set({ state: 'failed', trouble });
  }

  /** Is no phone until something is done about it. */
  private rest(tell: boolean): void {
    this.trying = false;
    this.hangUp(tell);
    this.microphone.release('kept');
  }

  /** Ends the session; `tell` makes the phone unreachable at once. */
  private hangUp(tell: boolean): void {
    for (const cancel of [this.cancelRetry, this.cancelLook, this.cancelMeasure]) cancel();
    const { peer } = this;
    if (!peer) return;
    this.peer = null;
    this.counted = null;
    this.quality.set(null);
    this.blocked.set(false);
    this.heard.set(null);
    if (tell && this.linked) this.send({ kind: 'close', session: this.session });
    void this.platform.sound(null, '');
    peer.close();
  }

  /** Gives the session what is to be heard of him now: the track is there as soon as it rings, and speaks when he does. */
  private carry(): void {
    const track = this.attending && this.speaks ? this.microphone.track.get() : null;
    const kept = this.microphone.track.get();
    if (kept) kept.enabled = this.attending === null || ((this.attending.open || this.eager) && !this.attending.muted);
    void this.peer?.carry(track).catch(() => undefined);
  }

  private measureNow(): void {
    this.cancelMeasure();
    if (!this.attending?.open) {
      this.counted = null;
      this.quality.set(null);
      return;
    }
    this.cancelMeasure = this.platform.after(measure, () => void this.measure());
  }

  private async measure(): Promise<void> {
    const { peer, session, attending } = this;
    if (!peer || !attending?.open) return;
    try {
      const { counted, ...measured } = readStats(await peer.stats(), this.counted);
      if (this.peer !== peer || this.attending?.call !== attending.call) return;
      this.counted = counted;
      this.quality.set({ ...measured, grade: gradeOf(measured) });
      if (this.linked) this.send({ kind: 'quality', session, call: attending.call, ...measured });
    } catch {
      // A connection that has just been closed has no figures.
    }
    this.measureNow();
  }
}
