import type { Schema } from '../../../api/client';
import type { Me } from '../../../api/session';
import { currentLanguage } from '../../../i18n';
import { Value } from '../../../live/value';
import { remember, remembered } from '../../../kept';
import { callOf } from './model';

/** A page of a call that the browser has not let us open. */
export interface KeptBack {
  readonly call: string;
  readonly url: string;
  readonly window: Schema<'CallScreenPop'>['window'];
}

// A window by this name is found again by a banner that was reloaded.
const windowName = 'bandeau-pop';
const windowSize = 'popup,width=1100,height=800';
const waitingPage = '/pop';

const place = 'bandeau-popped';
// More calls than are ever told apart at once: an operator has one.
const most = 20;

/**
 * The customer's pages (OP-06): one for each call, opened once. A browser opens windows by
 * itself only where it was allowed to; else the next click on the call opens the page, or the link.
 */
export class ScreenPop {
  readonly keptBack = new Value<KeptBack | null>(null);

  private single: Window | null = null;
  private soon = false;
  private stopped = false;

  /** Listens behind the page itself: what a click does for the call comes before the page it opens. */
  start(): void {
    this.stopped = false;
    document.addEventListener('click', this.click);
  }

  stop(): void {
    document.removeEventListener('click', this.click);
    this.stopped = true;
  }

  /** Within a click: opens the one window of all calls, which needs none from then on. */
  prepare({ window, incoming, outgoing }: Me['screenPop']): void {
    if (window === 'single' && (incoming || outgoing)) {
      this.single = globalThis.open(`${waitingPage}?language=${currentLanguage()}`, windowName, windowSize);
    }
  }

  /** Looks once the screen shows what has changed: opening a window takes its time, and is in no hurry. */
  lookSoon(me: () => Me): void {
    if (this.soon) return;
    this.soon = true;
    const look = (): void => {
      if (!this.soon) return;
      this.soon = false;
      if (!this.stopped) this.look(me());
    };
    // The screen of a hidden page is never drawn.
    setTimeout(look, document.visibilityState === 'visible' ? 250 : 0);
    requestAnimationFrame(() => setTimeout(look));
  }

  /** Opens the page of a call that is new here. */
  look(me: Me): void {
    const call = callOf(me);
    const page = call?.screenPop;
    if (!call || !page || !isPage(page.url) || opened().includes(call.id)) {
      this.keptBack.set(null);
      return;
    }
    if (this.keptBack.get()?.call === call.id) return;
    // Of a call that is over nothing opens by itself any more.
    if (call.endedAt === null) this.show({ call: call.id, ...page });
    else this.keptBack.set(null);
  }

  /** Within a click or a key: opens what was kept back. Tells whether it did. */
  open(): boolean {
    const page = this.keptBack.get();
    return page !== null && this.show(page);
  }

  /** The link was followed: there is nothing left to open. */
  followed(): void {
    const page = this.keptBack.get();
    if (page === null) return;
    note(page.call);
    this.keptBack.set(null);
  }

  private show(page: KeptBack): boolean {
    if (!(page.window === 'single' ? this.navigate(page.url) : openNew(page))) {
      this.keptBack.set(page);
      return false;
    }
    note(page.call);
    this.keptBack.set(null);
    return true;
  }

  /** A window that is open is navigated without asking anybody; one that was closed is opened anew. */
  private navigate(url: string): boolean {
    if (!this.single || this.single.closed) this.single = globalThis.open('', windowName, windowSize);
    this.single?.location.replace(url);
    return this.single !== null;
  }

  private readonly click = (event: MouseEvent): void => {
    const page = this.keptBack.get();
    const at = event.target;
    if (page === null || !(at instanceof Element) || at.closest('[data-pop-link]')) return;
    if (page.window === 'single' || at.closest('[data-stage]')) this.open();
  };
}

/** A window for this call alone, which gets no hold of the banner. */
function openNew({ url, window }: KeptBack): boolean {
  const opened = globalThis.open('', '_blank', window === 'multiple' ? windowSize : '');
  if (!opened) return false;
  opened.opener = null;
  opened.location.replace(url);
  return true;
}

/** The server lets no other address through; neither does the page. */
function isPage(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

/** The calls whose page was opened in this tab. */
function opened(): readonly string[] {
  return (remembered('sessionStorage', place) ?? '').split(' ');
}

function note(call: string): void {
  remember('sessionStorage', place, [...opened(), call].slice(-most).join(' ').trim());
}
