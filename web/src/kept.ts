// What is kept in this browser; where it may keep nothing, it lasts as long as the page.

type Place = 'localStorage' | 'sessionStorage';

const otherwise = new Map<string, string>();

export function remembered(place: Place, key: string): string | null {
  try {
    return globalThis[place].getItem(key) ?? otherwise.get(key) ?? null;
  } catch {
    return otherwise.get(key) ?? null;
  }
}

/** Keeps a text; null forgets it. */
export function remember(place: Place, key: string, text: string | null): void {
  otherwise.delete(key);
  try {
    if (text === null) globalThis[place].removeItem(key);
    else globalThis[place].setItem(key, text);
  } catch {
    // Blocked, or full.
    if (text !== null) otherwise.set(key, text);
  }
}
