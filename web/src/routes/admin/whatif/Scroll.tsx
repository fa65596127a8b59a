import type { ReactNode } from 'react';

import classes from './WhatIf.module.css';

/** A table that scrolls within itself: it takes the focus, so that the keyboard can scroll it too. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="group" aria-label={label} tabIndex={0} className={classes['scroll']}>{children}</div>
  );
}
