import { Menu, type MenuProps } from '@mantine/core';
import { useDeferredValue, useImperativeHandle, type ReactNode, type Ref } from 'react';

import type { MenuPlace } from './MenuButton';

interface ButtonMenuProps extends MenuPlace {
  readonly position: NonNullable<MenuProps['position']>;
  readonly width: number;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** The menu of a MenuButton. */
export function ButtonMenu({ id, opened, button, close, position, width, className, children }: ButtonMenuProps) {
  // The library gives the focus back only where it has seen the menu open.
  const shown = useDeferredValue(opened, false);
  return (
    <Menu id={id} opened={shown} onClose={close} position={position} width={width} withinPortal>
      <Menu.Target><Standing button={button} /></Menu.Target>
      <Menu.Dropdown className={className}>{children}</Menu.Dropdown>
    </Menu>
  );
}

/** The button stands already: only its place is told. */
function Standing({ button, ref }: { readonly button: HTMLButtonElement; readonly ref?: Ref<HTMLButtonElement> }) {
  useImperativeHandle(ref, () => button, [button]);
  return null;
}
