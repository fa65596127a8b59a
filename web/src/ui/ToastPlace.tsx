import { useEffect } from 'react';

import { useValue } from '../live/value';
import { place, toasts } from './toast';

// Long after the first screen stands, and before anything can be said that the network's absence is the cause of.
const later = 3000;

/** The place of short messages, which no first screen waits for. */
export function ToastPlace() {
  const found = useValue(place);
  useEffect(() => {
    if (found) return undefined;
    const timer = setInterval(() => void toasts().catch(() => undefined), later);
    return () => clearInterval(timer);
  }, [found]);
  return found && <found.Toasts />;
}
