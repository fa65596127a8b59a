export const keypadKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** The key of the keypad that a key of the keyboard stands for; null for every other one. */
export function keypadKey({ key, ctrlKey, altKey, metaKey }: Pressed): string | null {
  const found = keypadKeys.find((other) => other === key);
  if (found === undefined || metaKey) return null;
  // "#" needs AltGr on some keyboards, which browsers show as Ctrl and Alt.
  return found === '#' || !(ctrlKey || altKey) ? found : null;
}
