import i18next from 'i18next';

import { Value } from '../live/value';
import { problemNow } from './problem';

/** Whether there is something to say, or soon may be. */
export const toastsWanted = new Value(false);

export const toasts = () => import('./Toasts');

async function show(message: string, color: string, autoClose: number): Promise<void> {
  toastsWanted.set(true);
  const { notifications } = await toasts();
  notifications.show({ message, color, autoClose, closeButtonProps: { 'aria-label': i18next.t('close') } });
}

/** Says shortly that something was done. */
export function said(message: string): void {
  void show(message, 'lagoon', 4000);
}

/** Says what was refused, and leaves it until it is read. */
export function refused(error: unknown): void {
  void show(problemNow(error), 'red', 10_000);
}
