import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

import { optional } from './Optional';

export interface Shortcut {
  /** A character or an arrow, as KeyboardEvent.key gives it; upper or lower case. */
  readonly key: string;
  readonly label: string;
  readonly run: () => void;
}

// A dialogue's code is not in the way of the first page.
export const ShortcutSheet = optional(async () => (await import('./ShortcutSheet')).ShortcutSheet);

interface Registry {
  readonly add: (shortcut: Shortcut) => () => void;
  readonly openSheet: () => void;
}

const Context = createContext<Registry>({ add: () => () => undefined, openSheet: () => undefined });

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/**
 * Single letters, while no field has the focus and no dialogue is open; "?" shows them.
 * Never with Ctrl or Alt: browsers and AltGr have taken those.
 */
export function ShortcutProvider({ children }: { readonly children: ReactNode }) {
  const shortcuts = useRef<Shortcut[]>([]);
  const [sheet, setSheet] = useState<readonly Shortcut[] | null>(null);

  const add = useCallback((shortcut: Shortcut) => {
    shortcuts.current = [...shortcuts.current, shortcut];
    return () => {
      shortcuts.current = shortcuts.current.filter((other) => other !== shortcut);
    };
  }, []);
  const openSheet = useCallback(() => setSheet(shortcuts.current), []);

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
      if (inField(event.target) || document.querySelector('[role="dialog"]')) return;
      const found = event.key === '?' ? openSheet : shortcuts.current.findLast((s) => s.key.toLowerCase() === event.key.toLowerCase())?.run;
      if (!found) return;
      event.preventDefault();
      found();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [openSheet]);

  return (
    <Context value={useMemo(() => ({ add, openSheet }), [add, openSheet])}>
      {children}
      {sheet && <ShortcutSheet shortcuts={sheet} close={() => setSheet(null)} />}
    </Context>
  );
}

/** Adds a shortcut while the component is shown; `off` leaves it out. */
export function useShortcut(key: string, label: string, run: () => void, off = false): void {
  const { add } = use(Context);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => (off ? undefined : add({ key, label, run: () => latest.current() })), [add, key, label, off]);
}

/** Opens the sheet of shortcuts, for a button beside the key. */
export function useShortcutSheet(): () => void {
  return use(Context).openSheet;
}
