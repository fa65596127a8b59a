import { useCallback, useEffect, useRef, useState } from 'react';

/** Which tab of this browser has the banner: one does, the others say so. */
export type Tab = 'asking' | 'ours' | 'elsewhere';

const lock = 'bandeau-banner';
const channel = 'bandeau-banner';
// A page that is being reloaded gives its lock back a moment after it has gone.
const patience = 600;

function browserLocks(): LockManager | null {
  return 'locks' in navigator ? navigator.locks : null;
}

/**
 * Holds the banner's lock while `held` is told so. Where the page has no locks (plain
 * HTTP from another machine), the tab opened last takes the banner from the others.
 */
export class TabLock {
  private release: (() => void) | undefined;
  private stopped = false;
  private radio: BroadcastChannel | undefined;
  private readonly told: (tab: Tab) => void;
  private readonly locks: LockManager | null;

  constructor(told: (tab: Tab) => void, locks: LockManager | null = browserLocks()) {
    this.told = told;
    this.locks = locks;
  }

  ask(): void {
    if (this.locks) void this.request({ signal: AbortSignal.timeout(patience) });
    else this.shout();
  }

  /** Takes the banner over from the tab that has it. */
  take(): void {
    if (this.locks) void this.request({ steal: true });
    else this.shout();
  }

  stop(): void {
    this.stopped = true;
    this.release?.();
    this.radio?.close();
    this.radio = undefined;
  }

  private async request(options: LockOptions): Promise<void> {
    try {
      await this.locks?.request(lock, options, () => new Promise<void>((resolve) => {
        this.release = resolve;
        if (this.stopped) resolve();
        else this.told('ours');
      }));
    } catch {
      // Not given in time, or taken from us.
      this.told('elsewhere');
    }
  }

  private shout(): void {
    if (!this.radio) {
      this.radio = new BroadcastChannel(channel);
      this.radio.addEventListener('message', () => this.told('elsewhere'));
    }
    this.radio.postMessage('mine');
    this.told('ours');
  }
}

export function useTab(): { readonly tab: Tab; readonly take: () => void } {
  const [tab, setTab] = useState<Tab>('asking');
  const held = useRef<TabLock | null>(null);
  useEffect(() => {
    let gone = false;
    const mine = new TabLock((now) => {
      if (!gone) setTab(now);
    });
    held.current = mine;
    mine.ask();
    return () => {
      gone = true;
      mine.stop();
    };
  }, []);
  return { tab, take: useCallback(() => held.current?.take(), []) };
}
