import { Text, Title } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './Page.module.css';

interface PageProps {
  /** The one h1, also in the window's title. */
  readonly title: string;
  /** One sentence that says what the page is for. */
  readonly intro?: string | undefined;
  /** Where "back" leads: the list a form belongs to. */
  readonly back?: { readonly to: NonNullable<LinkProps['to']>; readonly label: string };
  /** Beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of the administration. */
export function Page({ title, intro, back, actions, children }: PageProps) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Bandeau`;
  }, [title]);
  useEffect(() => {
    // A page opened from another one is read from its heading on; what has taken the focus already keeps it.
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className={classes['page']}>
      {back && (
        <Link to={back.to} className={classes['back']} aria-label={t('pair', { name: t('back'), text: back.label })}>
          <IconChevronLeft size={16} aria-hidden />
          {back.label}
        </Link>
      )}
      <div className={classes['head']}>
        <Title ref={heading} order={1} size="h2" tabIndex={-1} className={classes['title'] ?? ''}>{title}</Title>
        {actions && <div className={classes['actions']}>{actions}</div>}
      </div>
      {intro && <Text c="dimmed" size="sm" maw={640} mb="md">{intro}</Text>}
      {children}
    </div>
  );
}
