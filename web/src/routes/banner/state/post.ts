import i18next from 'i18next';
import { createContext, use } from 'react';

import { answer, api } from '../../../api/client';
import type { Me } from '../../../api/session';
import { BannerLine } from '../../../live/banner';
import { serverNow } from '../../../live/clock';
import { usePart, Value, useValue } from '../../../live/value';
import type { Phone } from '../../../phone/phone';
import { refused, said } from '../../../ui/toast';
import { Draft } from './draft';
import type { LiveCall } from './model';
import { ScreenPop } from './pop';
import { withTag } from './tags';

/** What he writes about a call. */
export interface Qualification {
  readonly tags: Draft<readonly string[]>;
  /** A tag that is not confirmed yet. */
  readonly typed: Value<string>;
  readonly note: Draft<string>;
}

/** What could not be saved while the call was still his. */
export interface Unsaved {
  readonly tags: readonly string[];
  readonly note: string;
}

/** He is about to leave a call whose note or tags could not be saved. */
export class UnsavedError extends Error {
  override readonly name = 'UnsavedError';
}

// A second press within this time is the same press: the stream has not yet changed the button.
const samePress = 500;
// Wrap-up that runs out takes the call away: what is being written is saved this long before.
const lastMoment = 1500;

/** An operator at his post: the live state, what he does, and what he is writing. */
export class Post {
  readonly line: BannerLine;
  readonly pop = new ScreenPop();
  /** The actions on their way; their buttons wait. */
  readonly busy = new Value<ReadonlySet<string>>(new Set());

  /** He has asked to leave: the end of the session is no news to him. */
  readonly leaving = new Value(false);

  /** Shown until he has seen it, so that he can copy it. */
  readonly unsaved = new Value<Unsaved | null>(null);

  /** This page as his phone; null while another one is, or its code has not come yet. */
  readonly phone = new Value<Phone | null>(null);

  private readonly pressed = new Set<string>();
  private readonly writing = new Map<string, Qualification>();
  private unwatch: (() => void) | undefined;
  private wrapUpUntil: string | null = null;
  private logsOutLater = false;
  private wrapUp: ReturnType<typeof setTimeout> | undefined;
  private phoning = false;
  private hangUp: () => void = () => undefined;
  /** What he was told could not be saved: who asks again goes on without it. */
  private warnedOf: string | null = null;

  constructor(first: Me) {
    this.line = new BannerLine(first);
  }

  start(): void {
    this.line.start();
    this.pop.start();
    const { me, line } = this.line;
    const unsubscribe = [
      me.subscribe(() => this.pop.lookSoon(() => me.get())), me.subscribe(() => this.tidy()), me.subscribe(() => this.stay()), me.subscribe(() => this.becomePhone()),
      line.subscribe(() => this.retry()),
    ];
    globalThis.addEventListener('pagehide', this.hidden);
    this.becomePhone();
    this.unwatch = () => {
      for (const stop of unsubscribe) stop();
      globalThis.removeEventListener('pagehide', this.hidden);
    };
  }

  /** A log-out that waited for the end of a call and was taken back: he stays after all. */
  private stay(): void {
    const { pending, presence } = this.line.me.get();
    const later = pending?.presence === 'logged_out';
    if (this.logsOutLater && !later && presence !== 'logged_out') this.leaving.set(false);
    this.logsOutLater = later;
  }

  /** This page is his phone for as long as his record says so. */
  private becomePhone(): void {
    const wanted = this.line.me.get().phone.kind === 'browser';
    if (wanted === this.phoning) return;
    this.phoning = wanted;
    if (wanted) void this.fetchPhone();
    else this.leavePhone();
  }

  private async fetchPhone(): Promise<void> {
    try {
      const { softphone } = await import('./softphone');
      if (!this.phoning || this.phone.get()) return;
      const { phone, stop } = softphone(this.line);
      this.hangUp = stop;
      this.phone.set(phone);
    } catch {
      // The network is away. What its return brings asks anew.
      this.phoning = false;
    }
  }

  private leavePhone(): void {
    this.phoning = false;
    this.hangUp();
    this.hangUp = () => undefined;
    this.phone.set(null);
  }

  stop(): void {
    this.unwatch?.();
    this.leavePhone();
    clearTimeout(this.wrapUp);
    this.wrapUpUntil = null;
    this.pop.stop();
    void this.settle();
    this.line.stop();
  }

  /** Sends once what is pressed twice; a refusal is said. Resolves to whether it was accepted. */
  async run(name: string, send: () => Promise<unknown>): Promise<boolean> {
    if (this.pressed.has(name)) return false;
    this.pressed.add(name);
    this.busy.set(new Set([...this.busy.get(), name]));
    try {
      await send();
      return true;
    } catch (error) {
      if (error instanceof UnsavedError) said(error.message);
      else refused(error);
      return false;
    } finally {
      this.busy.set(new Set([...this.busy.get()].filter((other) => other !== name)));
      setTimeout(() => this.pressed.delete(name), samePress);
    }
  }

  qualification(call: LiveCall): Qualification {
    const known = this.writing.get(call.id);
    if (known) return known;
    // A page that is closed still sends what is under way.
    const request = { params: { path: { id: call.id } }, keepalive: true };
    const fresh: Qualification = {
      tags: new Draft<readonly string[]>(call.tags, (tags) => answer(api.POST('/api/v1/me/calls/{id}/tags', { ...request, body: { tags: [...tags] } }))),
      typed: new Value(''),
      note: new Draft(call.note, (text) => answer(api.POST('/api/v1/me/calls/{id}/note', { ...request, body: { text } }))),
    };
    this.writing.set(call.id, fresh);
    return fresh;
  }

  /** Saves what is being written, a tag that is half typed included; resolves to whether nothing is left. */
  async settle(): Promise<boolean> {
    const saved = await Promise.all([...this.writing.values()].map(settled));
    return saved.every(Boolean);
  }

  /** Saves before what ends the call. What cannot be saved is said first, and given up when he asks again. */
  async saved(): Promise<void> {
    if (await this.settle()) {
      this.warnedOf = null;
      return;
    }
    const left = JSON.stringify([...this.writing.values()].map(({ tags, note }) => [tags.text.get(), note.text.get()]));
    if (this.warnedOf === left) return;
    this.warnedOf = left;
    throw new UnsavedError(i18next.getFixedT(null, 'banner')('note.leaving'));
  }

  private readonly hidden = (): void => void this.settle();

  /** Looks after what is written about calls that go, or have gone. */
  private tidy(): void {
    const { calls, wrapUpUntil } = this.line.me.get();
    if (wrapUpUntil !== this.wrapUpUntil) {
      this.wrapUpUntil = wrapUpUntil;
      clearTimeout(this.wrapUp);
      if (wrapUpUntil !== null) this.wrapUp = setTimeout(() => void this.settle(), Date.parse(wrapUpUntil) - serverNow() - lastMoment);
    }
    for (const [id, written] of this.writing) {
      if (calls.some((call) => call.id === id)) continue;
      this.writing.delete(id);
      void this.letGo(written);
    }
  }

  private async letGo(written: Qualification): Promise<void> {
    if (await settled(written)) return;
    const { tags, note } = written;
    this.unsaved.set({ tags: tags.state.get() === 'saved' ? [] : tags.text.get(), note: note.state.get() === 'saved' ? '' : note.text.get() });
  }

  /** What could not be saved while the line was away is saved when it is back. */
  private retry(): void {
    if (this.line.line.get().state === 'live') for (const { tags, note } of this.writing.values()) void Promise.all([tags.flush(), note.flush()]);
  }
}

async function settled({ tags, typed, note }: Qualification): Promise<boolean> {
  tags.edit(withTag(tags.text.get(), typed.get()));
  typed.set('');
  const saved = await Promise.all([tags.flush(), note.flush()]);
  return saved.every(Boolean);
}

const Context = createContext<Post | null>(null);

export const PostProvider = Context.Provider;

export function usePost(): Post {
  const post = use(Context);
  if (!post) throw new Error('no post around');
  return post;
}

/** A part of his state; the component is rendered when the part changes. */
export function useMe<Part>(part: (me: Me) => Part): Part {
  return usePart(usePost().line.me, part);
}

export function useLine() {
  return useValue(usePost().line.line);
}

export function useBusy(name: string): boolean {
  return usePart(usePost().busy, (busy) => busy.has(name));
}

/** The page as his phone; null for another kind of phone. */
export function usePhone(): Phone | null {
  return useValue(usePost().phone);
}
