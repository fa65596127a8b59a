import { answer, api, Problem } from '../../../api/client';
import type { Floor } from '../../../live/floor';
import { Value } from '../../../live/value';
import { Browser } from '../../../phone/browser';
import { Phone } from '../../../phone/phone';
import type { Platform } from '../../../phone/platform';
import { readPhone } from '../../../phone/wire';
import { FloorLine, type PhoneLine } from './line';
import { endOf, mineOf, type End, type Mine, type Mode } from './mine';
import type { ListenPhone } from './phones';

/** What he has asked for and is not shown yet. */
export interface Asked {
  readonly operator: string;
  readonly mode: Mode;
}

type Told = (end: End, before: Mine) => void;

// The browser phone is connected in less than a second, or not at all.
const connectWithin = 10_000;
// The server knows a little later than the page that it is connected.
const againAfter = 200;
const agreeWithin = 4000;
// What was granted is shown at once, unless it has ended at once.
const showWithin = 4000;

const unreachable = 'phone_unreachable';

/**
 * A supervisor who listens: what he hears is what the server says; the page is his phone, if it
 * is that he listens on, for as long as he does.
 */
export class Listening {
  readonly mine = new Value<Mine | null>(null);
  readonly asked = new Value<Asked | null>(null);
  /** The page is the phone he hears it on. */
  readonly here = new Value(false);
  readonly muted = new Value(false);
  readonly phone: Phone;

  private readonly line: PhoneLine;
  private readonly platform: Platform;
  /** He leaves by himself: from his click until it is shown. */
  private leaving = false;
  private cancelWait: () => void = () => undefined;

  constructor(platform: Platform = new Browser(), line: PhoneLine = new FloorLine()) {
    this.platform = platform;
    this.line = line;
    this.phone = new Phone(platform, (message) => line.say(message));
    line.onPhone = (said) => {
      const understood = readPhone(said);
      if (understood) this.phone.receive(understood);
    };
    line.up.subscribe(() => this.phone.link(line.up.get()));
  }

  /** Takes from the floor what he hears, until that is stopped; `told` is called when it ends without his doing. */
  follow(floor: Floor, user: string, told: Told): () => void {
    const look = (): void => {
      // Before its first data a floor has no calls at all.
      if (floor.connection.get().state !== 'connecting') this.look(floor, user, told);
    };
    const wake = (): void => {
      if (document.visibilityState === 'visible') this.phone.wake();
    };
    const gone = (): void => this.goAway();
    const stops = [floor.calls.subscribeAll(look), floor.connection.subscribe(look)];
    document.addEventListener('visibilitychange', wake);
    globalThis.addEventListener('pagehide', gone);
    look();
    return () => {
      for (const stop of stops) stop();
      document.removeEventListener('visibilitychange', wake);
      globalThis.removeEventListener('pagehide', gone);
    };
  }

  /** Hears an operator, or does something else there; from a click. Fails with what the server refuses. */
  async begin(operator: string, mode: Mode, phone: ListenPhone): Promise<void> {
    if (this.asked.get() || this.leaving) return;
    const [before, was] = [this.mine.get(), this.here.get()];
    const already = before?.operator === operator;
    if (already && before.mode === mode) return;
    if (!already || mode === 'listen') this.muted.set(false);
    this.asked.set({ operator, mode });
    this.settle();
    try {
      if (already) await post(operator, { action: mode });
      else await this.call(operator, mode, phone);
    } catch (error) {
      this.here.set(was);
      if (!was) this.close();
      this.done();
      throw error;
    }
    if (this.shown()) this.done();
    else this.cancelWait = this.platform.after(showWithin, () => this.done());
  }

  /** Ends it. */
  async leave(): Promise<void> {
    const before = this.mine.get();
    if (!before) {
      if (!this.asked.get()) this.close();
      return;
    }
    if (this.leaving) return;
    this.leaving = true;
    try {
      await post(before.operator, { action: 'leave' });
      if (!this.asked.get()) this.close();
    } catch (error) {
      this.leaving = false;
      // It has just ended by itself.
      if (!(error instanceof Problem && error.code === 'wrong_state')) throw error;
    }
    if (!this.mine.get()) this.leaving = false;
  }

  mute(on: boolean): void {
    this.muted.set(on);
    this.settle();
  }

  /** Asks again for a microphone that was refused or is not there; from a click. */
  async retryMicrophone(): Promise<void> {
    const { microphone } = this.phone;
    // Where another one serves meanwhile, it does until then.
    await (microphone.track.get() ? microphone.look() : microphone.use('call'));
  }

  private look(floor: Floor, user: string, told: Told): void {
    const before = this.mine.get();
    const now = mineOf(floor.calls.all(), user);
    if (JSON.stringify(before) === JSON.stringify(now)) return;
    this.mine.set(now);
    // Who asked for something else at the same operator hears nothing there any more, and nothing is to come.
    const over = now === null && before !== null && this.asked.get()?.operator === before.operator;
    if (over || this.shown()) this.done();
    else this.settle();
    const meant = this.asked.get() !== null || this.leaving;
    if (!now) this.leaving = false;
    if (!before || now || meant) return;
    // His own row, which says where he is now, comes after that of the call.
    queueMicrotask(() => told(endOf(before, floor.calls.get(before.call), floor.operators.get(before.operator)), before));
  }

  /** What he has asked for is so. */
  private shown(): boolean {
    const [mine, asked] = [this.mine.get(), this.asked.get()];
    return mine !== null && asked !== null && mine.operator === asked.operator && mine.mode === asked.mode;
  }

  private done(): void {
    this.cancelWait();
    this.asked.set(null);
    this.settle();
  }

  /** Lets the page's phone do what belongs to it. */
  private settle(): void {
    const [mine, asked] = [this.mine.get(), this.asked.get()];
    if (!mine && !asked) {
      this.close();
      return;
    }
    if (!this.here.get()) return;
    this.phone.speak((asked ?? mine)?.mode !== 'listen');
    this.phone.attend(mine && { call: mine.call, open: true, muted: this.muted.get() });
  }

  private async call(operator: string, mode: Mode, phone: ListenPhone): Promise<void> {
    if (phone.kind !== 'browser') {
      await post(operator, { action: mode, phone });
      this.close();
      return;
    }
    this.here.set(true);
    await this.connect(mode);
    for (let tried = this.platform.now(); ;) {
      try {
        await post(operator, { action: mode, phone });
        return;
      } catch (error) {
        const late = this.platform.now() - tried > agreeWithin;
        if (late || !(error instanceof Problem && error.code === unreachable)) throw error;
      }
      await new Promise<void>((resolve) => this.platform.after(againAfter, resolve));
    }
  }

  /** Makes the page a phone. */
  private async connect(mode: Mode): Promise<void> {
    const { phone } = this;
    phone.speak(mode !== 'listen');
    this.line.open();
    phone.link(this.line.up.get());
    if (phone.state.get().state === 'failed') phone.stop();
    if (phone.state.get().state === 'taken') phone.take();
    else await phone.start();
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        cancel();
        stop();
      };
      const look = (): void => {
        const { state } = phone.state.get();
        if (state === 'ready') resolve();
        else if (state === 'failed' || state === 'idle') reject(new Problem(0, unreachable, ''));
        else return;
        end();
      };
      const stop = phone.state.subscribe(look);
      const cancel = this.platform.after(connectWithin, () => {
        stop();
        reject(new Problem(0, unreachable, ''));
      });
      look();
    });
  }

  /** The page is no phone any more. */
  private close(): void {
    this.here.set(false);
    this.muted.set(false);
    this.phone.attend(null);
    this.phone.stop();
    this.line.close();
  }

  /** A page that goes takes its ears with it. */
  private goAway(): void {
    const mine = this.mine.get();
    if (mine && this.here.get()) void post(mine.operator, { action: 'leave' }, true).catch(() => undefined);
  }
}

type Body = { readonly action: Mode; readonly phone?: ListenPhone } | { readonly action: 'leave' };

async function post(operator: string, body: Body, keepalive = false): Promise<void> {
  await answer(api.POST('/api/v1/floor/operators/{id}/actions', { params: { path: { id: operator } }, body, keepalive }));
}
