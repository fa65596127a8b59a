import type { ReactNode } from 'react';

interface ScrollProps {
  readonly label: string;
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/** What scrolls within itself: it takes the focus, so that the keyboard can scroll it too. */
export function Scroll({ label, className, children }: ScrollProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="group" aria-label={label} tabIndex={0} className={className}>{children}</div>
  );
}
