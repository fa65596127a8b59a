import { useCallback, useState } from 'react';

/** A choice of this person on this machine, one of a few words. */
export function useKept<Choice extends string>(key: string, choices: readonly Choice[], first: Choice): [Choice, (choice: Choice) => void] {
  const [choice, setChoice] = useState<Choice>(() => choices.find((one) => one === localStorage.getItem(key)) ?? first);
  const keep = useCallback((next: Choice) => {
    localStorage.setItem(key, next);
    setChoice(next);
  }, [key]);
  return [choice, keep];
}
