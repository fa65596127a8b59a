import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconClock, IconMailCheck, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import classes from './Sign.module.css';

const icons = { good: IconCircleCheck, waiting: IconClock, sent: IconMailCheck, bad: IconAlertTriangle, off: IconCircleDashed } satisfies Record<string, Icon>;

/** The state of a record as colour, icon and word. */
export function Sign({ tone, children }: { readonly tone: keyof typeof icons; readonly children: ReactNode }) {
  const SignIcon = icons[tone];
  return (
    <span className={classes['sign']} data-tone={tone}>
      <SignIcon size={16} aria-hidden className={classes['icon']} />
      <span>{children}</span>
    </span>
  );
}
