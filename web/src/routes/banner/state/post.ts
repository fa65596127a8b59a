import { createContext, use } from 'react';

import { answer, api } from '../../../api/client';
import type { Me } from '../../../api/session';
import { BannerLine } from '../../../live/banner';
import { usePart, Value, useValue } from '../../../live/value';
import { refused } from '../../../ui/toast';
import { Draft } from './draft';
import type { LiveCall } from './model';
import { ScreenPop } from './pop';

/** What he writes about a call. */
export interface Qualification {
  readonly tags: Draft<readonly string[]>;
  readonly note: Draft<string>;
}

// A second press within this time is the same press: the stream has not yet changed the button.
const samePress = 500;

/** An operator at his post: the live state, what he does, and what he is writing. */
export class Post {
  readonly line: BannerLine;
  readonly pop = new ScreenPop();
  /** The actions on their way; their buttons wait. */
  readonly busy = new Value<ReadonlySet<string>>(new Set());

  /** He has asked to leave: the end of the session is no news to him. */
  readonly leaving = new Value(false);

  private readonly pressed = new Set<string>();
  private readonly writing = new Map<string, Qualification>();
  private unwatch: (() => void) | undefined;

  constructor(first: Me) {
    this.line = new BannerLine(first);
  }

  start(): void {
    this.line.start();
    this.pop.start();
    const unsubscribe = [this.line.me.subscribe(() => this.pop.look(this.line.me.get())), this.line.me.subscribe(() => this.tidy()), this.line.line.subscribe(() => this.retry())];
    this.unwatch = () => {
      for (const stop of unsubscribe) stop();
    };
  }

  stop(): void {
    this.unwatch?.();
    this.pop.stop();
    void this.flush();
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
      refused(error);
      return false;
    } finally {
      this.busy.set(new Set([...this.busy.get()].filter((other) => other !== name)));
      setTimeout(() => this.pressed.delete(name), samePress);
    }
  }

  qualification(call: LiveCall): Qualification {
    const known = this.writing.get(call.id);
    if (known) return known;
    const params = { path: { id: call.id } };
    const fresh: Qualification = {
      tags: new Draft<readonly string[]>(call.tags, (tags) => answer(api.POST('/api/v1/me/calls/{id}/tags', { params, body: { tags: [...tags] } }))),
      note: new Draft(call.note, (text) => answer(api.POST('/api/v1/me/calls/{id}/note', { params, body: { text } }))),
    };
    this.writing.set(call.id, fresh);
    return fresh;
  }

  /** Saves what is being written: to be done before what ends wrap-up. */
  async flush(): Promise<void> {
    await Promise.all([...this.writing.values()].flatMap(({ tags, note }) => [tags.flush(), note.flush()]));
  }

  /** Forgets what was written about calls that have gone. */
  private tidy(): void {
    const live = new Set(this.line.me.get().calls.map((call) => call.id));
    for (const [id, { tags, note }] of this.writing) {
      if (live.has(id)) continue;
      this.writing.delete(id);
      void tags.flush();
      void note.flush();
    }
  }

  /** What could not be saved while the line was away is saved when it is back. */
  private retry(): void {
    if (this.line.line.get().state === 'live') void this.flush();
  }
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
