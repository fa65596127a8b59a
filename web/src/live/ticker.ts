import { useSyncExternalStore } from 'react';

import { serverNow } from './clock';

// One timer for all running times of the page. It beats when the server's second
// turns, so that all of them step together.

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let second = Math.floor(serverNow() / 1000);

function beat(): void {
  second = Math.floor(serverNow() / 1000);
  for (const listener of listeners) listener();
  if (listeners.size > 0) timer = setTimeout(beat, 1000 - (serverNow() % 1000));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    second = Math.floor(serverNow() / 1000);
    timer = setTimeout(beat, 1000 - (serverNow() % 1000));
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearTimeout(timer);
  };
}

function never(): () => void {
  return () => undefined;
}

/** Seconds since 1970 on the server's clock; the component is rendered each second while live. */
export function useSecond(live = true): number {
  return useSyncExternalStore(live ? subscribe : never, () => second);
}
