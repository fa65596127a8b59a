import { UnstyledButton } from '@mantine/core';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';

/** Where a menu stands: what ButtonMenu needs of its button. */
export interface MenuPlace {
  readonly id: string;
  readonly opened: boolean;
  readonly button: HTMLButtonElement;
  readonly close: () => void;
}

interface MenuButtonProps {
  readonly className?: string | undefined;
  readonly title?: string;
  readonly state?: string;
  readonly disabled?: boolean;
  readonly opened: boolean;
  readonly change: (opened: boolean) => void;
  /** The menu, an optional part whose code is fetched a while after the button is there. */
  readonly menu: (place: MenuPlace) => ReactNode;
  readonly prepare: () => void;
  readonly children: ReactNode;
}

// Once the first screen stands; who is faster waits for the menu as long as the network takes.
const later = 1000;

/** A button whose menu is fetched after it: a closed menu needs no code. */
export function MenuButton({ className, title, state, disabled = false, opened, change, menu, prepare, children }: MenuButtonProps) {
  const id = useId();
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  // From the first time on it stays, and closes as menus do.
  const [asked, setAsked] = useState(opened);
  if (opened && !asked) setAsked(true);
  const prepared = useRef(prepare);
  useEffect(() => {
    const timer = setTimeout(() => prepared.current(), later);
    return () => clearTimeout(timer);
  }, []);
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' || opened) return;
    event.preventDefault();
    change(true);
  };
  return (
    <>
      <UnstyledButton
        ref={setButton}
        id={id}
        className={className}
        title={title}
        data-state={state}
        disabled={disabled}
        aria-haspopup="menu"
        aria-expanded={opened}
        aria-controls={opened ? `${id}-dropdown` : undefined}
        onClick={() => change(!opened)}
        onKeyDown={press}
      >
        {children}
      </UnstyledButton>
      {asked && button && menu({ id, opened, button, close: () => change(false) })}
    </>
  );
}
