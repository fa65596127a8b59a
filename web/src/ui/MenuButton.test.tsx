import { MantineProvider, Menu } from '@mantine/core';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';

import { ButtonMenu } from './ButtonMenu';
import { MenuButton, type MenuPlace } from './MenuButton';
import { optional } from './Optional';

function Entries({ place, chosen }: { readonly place: MenuPlace; readonly close: () => void; readonly chosen: () => void }) {
  return (
    <ButtonMenu {...place} position="bottom-start" width={200}>
      <Menu.Item onClick={chosen}>first</Menu.Item>
      <Menu.Item>second</Menu.Item>
    </ButtonMenu>
  );
}

/** A button whose menu arrives when it is told to. */
function shown() {
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const Later = optional(async () => {
    await arrived;
    return Entries;
  });
  const chosen = vi.fn<() => void>();
  function Page() {
    const [opened, change] = useState(false);
    return (
      <MenuButton opened={opened} change={change} prepare={() => undefined} menu={(place) => <Later place={place} close={place.close} chosen={chosen} />}>
        the button
      </MenuButton>
    );
  }
  render(<MantineProvider env="test"><Page /></MantineProvider>);
  return { arrive, chosen, user: userEvent.setup(), button: screen.getByRole('button', { name: 'the button' }) };
}

test('a menu opens when its code is there, under the button that asked for it', async () => {
  const { arrive, button, chosen, user } = shown();
  expect(button).toHaveAttribute('aria-haspopup', 'menu');
  expect(button).toHaveAttribute('aria-expanded', 'false');
  await user.click(button);
  expect(button).toHaveAttribute('aria-expanded', 'true');
  expect(screen.queryByRole('menu')).toBeNull();
  arrive();
  const menu = await screen.findByRole('menu');
  expect(button.getAttribute('aria-controls')).toBe(menu.id);
  expect(menu.getAttribute('aria-labelledby')).toBe(button.id);
  expect(screen.getByRole('button', { name: 'the button' })).toBe(button);
  await user.click(screen.getByRole('menuitem', { name: 'first' }));
  expect(chosen).toHaveBeenCalledTimes(1);
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
});

test.each(['{Enter}', '{ArrowDown}', ' '])('%s opens it, Escape gives the focus back', async (key) => {
  const { arrive, button, user } = shown();
  arrive();
  await user.tab();
  expect(button).toHaveFocus();
  await user.keyboard(key);
  await screen.findByRole('menu');
  await waitFor(() => expect(screen.getByRole('menu')).toContainElement(document.activeElement as HTMLElement));
  await user.keyboard('{ArrowDown}');
  expect(screen.getByRole('menuitem', { name: 'first' })).toHaveFocus();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  await waitFor(() => expect(button).toHaveFocus());
  expect(button).toHaveAttribute('aria-expanded', 'false');
});

test('the button closes what it has opened', async () => {
  const { arrive, button, user } = shown();
  arrive();
  await user.click(button);
  await screen.findByRole('menu');
  await user.click(button);
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  expect(button).toHaveAttribute('aria-expanded', 'false');
});
