import { useCallback, useRef, useSyncExternalStore } from 'react';

/** A value with subscribers. */
export class Value<T> {
  private readonly readers = new Set<() => void>();
  private held: T;

  constructor(first: T) {
    this.held = first;
  }

  get(): T {
    return this.held;
  }

  set(next: T): void {
    if (Object.is(next, this.held)) return;
    this.held = next;
    for (const reader of this.readers) reader();
  }

  subscribe(reader: () => void): () => void {
    this.readers.add(reader);
    return () => this.readers.delete(reader);
  }
}

export function useValue<T>(value: Value<T>): T {
  return useSyncExternalStore(useCallback((reader) => value.subscribe(reader), [value]), () => value.get());
}

/** A part of a value; the component is rendered when the part changes. */
export function usePart<T, Part>(value: Value<T>, part: (whole: T) => Part): Part {
  const last = useRef<{ whole: T; by: (whole: T) => Part; part: Part } | null>(null);
  return useSyncExternalStore(useCallback((reader) => value.subscribe(reader), [value]), () => {
    const whole = value.get();
    // The function may know something else than in the last rendering, as an identifier.
    if (last.current?.whole !== whole || last.current.by !== part) last.current = { whole, by: part, part: part(whole) };
    return last.current.part;
  });
}
