import { useEffect, useRef, useState, type RefObject } from 'react';

/**
 * Dragging rows marked with data-operator into the list marked with data-drop, within a box.
 * It is the pointer's short cut: buttons do the same. Returns the place something is held over.
 */
export function useDragging(box: RefObject<HTMLElement | null>, ready: boolean, drop: (operator: string, at: number) => void): number | null {
  const [over, setOver] = useState<number | null>(null);
  const latest = useRef(drop);
  useEffect(() => {
    latest.current = drop;
  });
  useEffect(() => {
    const element = box.current;
    if (!ready || !element) return;
    const stop = new AbortController();
    const row = (event: DragEvent): HTMLElement | null => (event.target instanceof Element ? event.target.closest('[data-operator]') : null);
    /** The place the pointer is at: before the row in its upper half, else after it. */
    const place = (event: DragEvent): number | null => {
      const list = event.target instanceof Element ? event.target.closest('[data-drop]') : null;
      if (!list) return null;
      const rows = [...list.querySelectorAll('[data-operator]')];
      const at = row(event);
      if (!at) return rows.length;
      const { top, height } = at.getBoundingClientRect();
      return rows.indexOf(at) + (event.clientY > top + height / 2 ? 1 : 0);
    };
    const on = (name: 'dragstart' | 'dragover' | 'drop' | 'dragend', listen: (event: DragEvent) => void): void =>
      element.addEventListener(name, listen, { signal: stop.signal });
    on('dragstart', (event) => event.dataTransfer?.setData('text/plain', row(event)?.dataset['operator'] ?? ''));
    on('dragover', (event) => {
      const at = place(event);
      setOver(at);
      if (at !== null) event.preventDefault();
    });
    on('drop', (event) => {
      const at = place(event);
      setOver(null);
      if (at === null) return;
      event.preventDefault();
      latest.current(event.dataTransfer?.getData('text/plain') ?? '', at);
    });
    on('dragend', () => setOver(null));
    return () => stop.abort();
  }, [box, ready]);
  return over;
}
