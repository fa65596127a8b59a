import { Component, useEffect, useState, type ComponentType, type ReactNode } from 'react';

import { codePartMissing, Problem } from '../api/client';
import { Failure } from './States';
import { refused } from './toast';

/** What is known of a part: its code once that is here. */
interface Store<Props> {
  found: ComponentType<Props> | undefined;
  readonly fetch: () => Promise<ComponentType<Props>>;
}

interface Optional<Props> {
  (props: Props & { readonly fallback?: ReactNode }): ReactNode;
  /** Fetches it before it is asked for; without the network nothing is said, and it is tried again. */
  prepare(): void;
}

/**
 * A part of a page whose code is fetched when it is first shown. Unlike React's `lazy` it is shown
 * at once where it has been prepared, and a part that does not arrive, as for a break of the network
 * or for a page older than the server, takes nothing else down: a dialogue (what has `close`) closes
 * and says so, anything else offers to try again. What has failed is fetched anew the next time.
 */
export function optional<Props extends object>(load: () => Promise<ComponentType<Props>>): Optional<Props> {
  let under: Promise<ComponentType<Props>> | undefined;
  let failed = false;
  const store: Store<Props> = {
    found: undefined,
    fetch: () => {
      under ??= (failed ? restyle() : Promise.resolve()).then(load).then(
        (found) => {
          store.found = found;
          return found;
        },
        () => {
          under = undefined;
          failed = true;
          throw new Problem(0, codePartMissing, '');
        },
      );
      return under;
    },
  };
  const Part = ({ fallback = null, ...props }: Props & { readonly fallback?: ReactNode }): ReactNode => (
    <Shown store={store} props={props as unknown as Props} fallback={fallback} />
  );
  return Object.assign(Part, { prepare: () => void store.fetch().catch(() => undefined) });
}

interface ShownProps<Props> {
  readonly store: Store<Props>;
  readonly props: Props;
  readonly fallback: ReactNode;
}

function closeOf(props: object): (() => void) | undefined {
  return 'close' in props && typeof props.close === 'function' ? (props.close as () => void) : undefined;
}

function Shown<Props extends object>({ store, props, fallback }: ShownProps<Props>): ReactNode {
  const [Found, setFound] = useState(() => store.found);
  const [error, setError] = useState<unknown>(null);
  const missing = Found === undefined && error === null;
  useEffect(() => {
    if (!missing) return undefined;
    let shown = true;
    store.fetch().then(
      (found) => shown && setFound(() => found),
      (problem: unknown) => shown && setError(problem),
    );
    return () => {
      shown = false;
    };
  }, [store, missing]);
  const close = closeOf(props);
  if (error !== null) return close ? <Refused error={error} close={close} /> : <Failure error={error} retry={() => setError(null)} />;
  return Found ? <Boundary failed={setError}><Found {...props} /></Boundary> : fallback;
}

/** A dialogue that cannot be shown: says why, and is closed. */
function Refused({ error, close }: { readonly error: unknown; readonly close: () => void }): ReactNode {
  useEffect(() => {
    refused(error);
    close();
    // Once, whatever its owner makes of it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return null;
}

/** What goes wrong within a part ends with it. */
class Boundary extends Component<{ readonly failed: (error: unknown) => void; readonly children: ReactNode }> {
  static getDerivedStateFromError(): { readonly broken: true } {
    return { broken: true };
  }

  override readonly state: { readonly broken?: true } = {};

  override componentDidCatch(error: unknown): void {
    this.props.failed(error);
  }

  override render(): ReactNode {
    return this.state.broken ? null : this.props.children;
  }
}

/** Asks again for the style sheets that did not arrive: the bundler asks for each of them once only. */
async function restyle(): Promise<void> {
  const missing = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].filter(({ sheet }) => sheet === null);
  await Promise.all(missing.map((old) => new Promise<void>((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.crossOrigin = old.crossOrigin;
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => reject(new Error(`${old.href} did not arrive`)));
    link.href = old.href;
    old.replaceWith(link);
  })));
}
