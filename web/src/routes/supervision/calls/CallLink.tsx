import { Link } from '@tanstack/react-router';
import type { KeyboardEvent, ReactNode } from 'react';

interface CallLinkProps {
  readonly id: string;
  readonly className?: string | undefined;
  readonly tabIndex?: number;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly children: ReactNode;
}

/** The way to the page that tells a call. Pointing at it loads nothing: live rows come and go under the pointer. */
export function CallLink({ id, className, tabIndex, onKeyDown, children }: CallLinkProps) {
  return (
    <Link to="/supervision/calls/$id" params={{ id }} preload={false} className={className} tabIndex={tabIndex} onKeyDown={onKeyDown}>
      {children}
    </Link>
  );
}
