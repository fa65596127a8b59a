import { useCallback, useEffect, useState, useSyncExternalStore, type RefObject } from 'react';

import type { Rows } from '../../live/rows';
import { Value } from '../../live/value';

/** The shown order while it is held: what is gone leaves, what is new comes last, nothing else moves. */
export function held(shown: readonly string[], wanted: readonly string[], present: (id: string) => boolean): readonly string[] {
  const kept = shown.filter(present);
  const known = new Set(kept);
  return [...kept, ...wanted.filter((id) => !known.has(id))];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

export interface Arrangement {
  readonly ids: readonly string[];
  /** True while a better order waits for the pointer or the focus to leave. */
  readonly late: boolean;
}

/**
 * Rows in an order, made anew once per batch of changes, outside of rendering. While
 * it is held, as under a pointer, rows do not change places.
 */
export class Arranged<Row extends { readonly id: string }> {
  readonly shown = new Value<Arrangement>({ ids: [], late: false });
  private wanted: readonly string[] = [];
  private holding = false;

  constructor(
    private readonly rows: Rows<Row>,
    private arrange: (rows: readonly Row[]) => readonly string[],
  ) {
    this.settle();
  }

  /** Calls after each change until the returned function is called. */
  follow(): () => void {
    this.take();
    return this.rows.subscribeAll(() => this.take());
  }

  /** Another order, or another selection: the person asked for it, so it shows at once. */
  arrangeBy(arrange: (rows: readonly Row[]) => readonly string[]): void {
    if (arrange === this.arrange) return;
    this.arrange = arrange;
    this.settle();
  }

  hold(holding: boolean): void {
    if (holding === this.holding) return;
    this.holding = holding;
    if (!holding) this.settle();
  }

  private take(): void {
    if (!this.holding) {
      this.settle();
      return;
    }
    this.wanted = this.arrange(this.rows.all());
    this.show(held(this.shown.get().ids, this.wanted, (id) => this.rows.get(id) !== undefined));
  }

  private settle(): void {
    this.wanted = this.arrange(this.rows.all());
    this.show(this.wanted);
  }

  private show(next: readonly string[]): void {
    const before = this.shown.get();
    const ids = same(before.ids, next) ? before.ids : next;
    const late = !same(ids, this.wanted);
    if (ids !== before.ids || late !== before.late) this.shown.set({ ids, late });
  }
}

/** Rows in an order that stands still while `ground` is pointed at or has the focus. */
export function useArranged<Row extends { readonly id: string }>(
  rows: Rows<Row>, arrange: (rows: readonly Row[]) => readonly string[], ground: RefObject<HTMLElement | null>,
): Arrangement {
  const [arranged] = useState(() => new Arranged(rows, arrange));
  useEffect(() => arranged.arrangeBy(arrange), [arranged, arrange]);
  useEffect(() => arranged.follow(), [arranged]);
  useEffect(() => (ground.current ? watch(ground.current, (holding) => arranged.hold(holding)) : undefined), [arranged, ground]);
  return useSyncExternalStore(
    useCallback((reader) => arranged.shown.subscribe(reader), [arranged]),
    () => arranged.shown.get(),
  );
}

/** Tells whether a mouse is over an element or the focus within it. */
export function watch(element: HTMLElement, tell: (holding: boolean) => void): () => void {
  let over = false;
  let within = element.contains(document.activeElement);
  const update = (): void => tell(over || within);
  // A finger does not stay: it presses, and the row it pressed has the focus.
  const enter = (event: PointerEvent): void => {
    over = event.pointerType === 'mouse';
    update();
  };
  const leave = (): void => {
    over = false;
    update();
  };
  const focus = (): void => {
    within = true;
    update();
  };
  const blur = (event: FocusEvent): void => {
    within = event.relatedTarget instanceof Node && element.contains(event.relatedTarget);
    update();
  };
  element.addEventListener('pointerenter', enter);
  element.addEventListener('pointerleave', leave);
  element.addEventListener('focusin', focus);
  element.addEventListener('focusout', blur);
  return () => {
    element.removeEventListener('pointerenter', enter);
    element.removeEventListener('pointerleave', leave);
    element.removeEventListener('focusin', focus);
    element.removeEventListener('focusout', blur);
  };
}
