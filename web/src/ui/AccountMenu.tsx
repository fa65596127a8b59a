import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';

import { loadWords } from '../i18n';
import classes from './AccountMenu.module.css';
import { MenuButton } from './MenuButton';
import { optional } from './Optional';

// Seldom used, so neither it nor its words are loaded with the face.
const PasswordDialog = optional(async () => {
  const [{ PasswordDialog: Dialog }] = await Promise.all([import('./PasswordDialog'), loadWords('login', 'rules')]);
  return Dialog;
});

const Entries = optional(async () => (await import('./AccountEntries')).AccountEntries);

/** What a face adds to the menu. */
export interface AccountEntry {
  readonly icon: 'phone' | 'settings';
  readonly text: string;
  readonly run: () => void;
}

interface AccountMenuProps {
  readonly name: string;
  readonly logout: () => void;
  /** Entries of the face, above the others. */
  readonly entries?: readonly AccountEntry[];
}

/** Who is logged in, and what concerns him alone: colours, shortcuts, password, log out. */
export function AccountMenu({ name, logout, entries = [] }: AccountMenuProps) {
  const [opened, setOpened] = useState(false);
  const [password, setPassword] = useState(false);
  return (
    <>
      <MenuButton
        className={classes['target']}
        title={name}
        opened={opened}
        change={setOpened}
        prepare={() => Entries.prepare()}
        menu={(place) => <Entries place={place} close={place.close} entries={entries} password={() => setPassword(true)} logout={logout} />}
      >
        <span className={classes['name']}>{name}</span>
        <IconChevronDown size={16} aria-hidden />
      </MenuButton>
      {password && <PasswordDialog close={() => setPassword(false)} />}
    </>
  );
}
