import { Text } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import classes from '../TakePost.module.css';

interface CheckProps {
  readonly icon: Icon;
  readonly title: string;
  readonly text: string;
  readonly alarm?: boolean;
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}

/** One thing to look at before taking calls. */
export function Check({ icon: Picture, title, text, alarm = false, action, children }: CheckProps) {
  return (
    <section className={classes['check']}>
      <Picture size={24} stroke={1.6} className={classes['icon']} aria-hidden />
      <div className={classes['words']}>
        <Text fw={600} component="h2" size="md">{title}</Text>
        <Text size="sm" c={alarm ? 'var(--mantine-color-error)' : 'dimmed'}>{text}</Text>
      </div>
      {action && <div className={classes['action']}>{action}</div>}
      {children && <div className={classes['more']}>{children}</div>}
    </section>
  );
}
