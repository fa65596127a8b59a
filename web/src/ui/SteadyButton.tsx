import { Button, Loader, type ButtonProps } from '@mantine/core';
import type { MouseEvent } from 'react';

import classes from './SteadyButton.module.css';

interface SteadyButtonProps extends Omit<ButtonProps, 'loading' | 'loaderProps' | 'disabled'> {
  /** What it was pressed for is under way. */
  readonly busy?: boolean;
  /** There is nothing for it to do. */
  readonly off?: boolean;
  readonly type?: 'button' | 'submit';
  readonly onClick?: () => void;
}

/** A button that keeps the keyboard's focus while it works and when there is nothing left to do: one that is disabled loses it. */
export function SteadyButton({ busy = false, off = false, type = 'button', onClick, children, className = '', ...others }: SteadyButtonProps) {
  const press = (event: MouseEvent): void => {
    // Also what Enter in a field of its form comes to.
    if (busy || off) event.preventDefault();
    else onClick?.();
  };
  return (
    <Button
      {...others}
      type={type}
      className={`${className} ${classes['button'] ?? ''}`}
      aria-busy={busy || undefined}
      aria-disabled={busy || off || undefined}
      {...(off && { 'data-disabled': true })}
      onClick={press}
    >
      {children}
      {busy && <Loader aria-hidden size="1.25em" color="currentColor" className={classes['sign'] ?? ''} />}
    </Button>
  );
}
