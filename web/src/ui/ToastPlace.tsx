import { lazy, Suspense, useEffect } from 'react';

import { useValue } from '../live/value';
import { toastsWanted, toasts } from './toast';

const Toasts = lazy(async () => ({ default: (await toasts()).Toasts }));

// Long after the first screen stands, and before anything can be said that the network's absence is the cause of.
const later = 3000;

/** The place of short messages, which no first screen waits for. */
export function ToastPlace() {
  const wanted = useValue(toastsWanted);
  useEffect(() => {
    const timer = setTimeout(() => toastsWanted.set(true), later);
    return () => clearTimeout(timer);
  }, []);
  return wanted && <Suspense><Toasts /></Suspense>;
}
