import { Alert, Text } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import classes from './Notices.module.css';

interface SaidProps {
  readonly icon: Icon;
  readonly colour: string;
  readonly title: string;
  readonly figure?: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** Its title is said once, when it comes; what counts beside it is not. */
export function Said({ icon: Picture, colour, title, figure, action, children }: SaidProps) {
  return (
    <Alert role="group" color={colour} variant="light" icon={<Picture size={20} aria-hidden />} className={classes['notice']}
      title={<span className={classes['title']} data-counts={figure !== undefined || undefined} role="status">{title}</span>}>
      {figure && <strong className={classes['figure']}>{figure}</strong>}
      <div className={classes['body']}>
        <Text size="sm">{children}</Text>
        {action}
      </div>
    </Alert>
  );
}
