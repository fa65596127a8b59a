import { useEffect, useRef, useState } from 'react';

const within = 2000;

/** For what a slip of the finger must not do: the first press arms, a second one within two seconds acts. */
export function useArmed(act: () => void): { readonly armed: boolean; readonly press: () => void } {
  const [armed, setArmed] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const disarm = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setArmed(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = (): void => {
    if (timer.current === undefined) {
      setArmed(true);
      timer.current = setTimeout(disarm, within);
      return;
    }
    disarm();
    act();
  };
  return { armed, press };
}
