import { UnstyledButton } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { Ref } from 'react';

import classes from './CallButton.module.css';

interface CallButtonProps {
  readonly icon: Icon;
  readonly text: string;
  /** What it does: its colours follow. */
  readonly kind?: 'plain' | 'on' | 'answer' | 'end' | 'armed';
  /** Icon above the text, for three in a row. */
  readonly stacked?: boolean;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly onClick: () => void;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A control of a call: large, and the same wherever it stands. */
export function CallButton({ icon: Picture, text, kind = 'plain', stacked = false, busy = false, disabled = false, pressed, expanded, onClick, ref }: CallButtonProps) {
  return (
    <UnstyledButton
      ref={ref}
      className={classes['button']}
      data-kind={kind}
      data-stacked={stacked || undefined}
      aria-busy={busy}
      aria-pressed={pressed}
      aria-expanded={expanded}
      disabled={disabled}
      title={stacked || kind === 'end' ? text : undefined}
      onClick={onClick}
    >
      <Picture size={22} aria-hidden className={classes['icon']} />
      <span className={classes['text']}>{text}</span>
    </UnstyledButton>
  );
}
