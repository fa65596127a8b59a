import { lazy } from 'react';

// What is not needed to see the first call is loaded after it, or when it is opened.

const banner = () => import('./Banner');
const takePost = () => import('./TakePost');
const qualify = () => import('./cards/Qualify');

export const Banner = lazy(async () => ({ default: (await banner()).Banner }));
export const TakePost = lazy(async () => ({ default: (await takePost()).TakePost }));
export const Qualify = lazy(async () => ({ default: (await qualify()).Qualify }));
export const Strip = lazy(async () => ({ default: (await import('./Strip')).Strip }));
export const PhoneDialog = lazy(async () => ({ default: (await import('./parts/PhoneDialog')).PhoneDialog }));
export const Settings = lazy(async () => ({ default: (await import('./parts/Settings')).Settings }));

/** Fetches the screen that comes first while the session is being looked at. */
export function prepareFirst(taken: boolean): void {
  void (taken ? banner() : takePost());
}

/** Fetches what a call will show: it has to be there when one rings. */
export function prepareCalls(): void {
  void banner();
  void qualify();
}
