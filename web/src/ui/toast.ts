import i18next from 'i18next';
import type { ComponentType } from 'react';

import { Value } from '../live/value';
import { problemNow } from './problem';

/** Where short messages are shown, once its code is here. */
export const place = new Value<{ readonly Toasts: ComponentType } | null>(null);

/** Fetches what shows messages; what did not arrive is asked for again the next time. */
export async function toasts() {
  const module = await import('./Toasts');
  if (place.get() === null) place.set(module);
  return module.notifications;
}

async function show(message: string, color: string, autoClose: number): Promise<void> {
  try {
    (await toasts()).show({ message, color, autoClose, closeButtonProps: { 'aria-label': i18next.t('close') } });
  } catch {
    // Nothing is there to say it with. What it is about is seen on the page as well.
  }
}

/** Says shortly that something was done. */
export function said(message: string): void {
  void show(message, 'lagoon', 4000);
}

/** Says what was refused, and leaves it until it is read. */
export function refused(error: unknown): void {
  void show(problemNow(error), 'red', 10_000);
}
