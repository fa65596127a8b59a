import { Menu, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconCheck, IconChevronDown, IconDeviceDesktop, IconKeyboard, IconLock, IconLogout, IconMoon, IconSun, type Icon } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { loadWords } from '../i18n';
import classes from './AccountMenu.module.css';
import { optional } from './Optional';
import { useShortcutSheet } from './Shortcuts';

const schemes: readonly { readonly scheme: MantineColorScheme; readonly icon: Icon }[] = [
  { scheme: 'light', icon: IconSun },
  { scheme: 'dark', icon: IconMoon },
  { scheme: 'auto', icon: IconDeviceDesktop },
];

// Seldom used, so neither it nor its words are loaded with the face.
const PasswordDialog = optional(async () => {
  const [{ PasswordDialog: Dialog }] = await Promise.all([import('./PasswordDialog'), loadWords('login', 'rules')]);
  return Dialog;
});

interface AccountMenuProps {
  readonly name: string;
  readonly logout: () => void;
  /** Entries of the face, above the others. */
  readonly children?: ReactNode;
}

/** Who is logged in, and what concerns him alone: colours, shortcuts, password, log out. */
export function AccountMenu({ name, logout, children }: AccountMenuProps) {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const sheet = useShortcutSheet();
  const [password, setPassword] = useState(false);
  return (
    <>
      <Menu position="bottom-end" width={240} withinPortal>
        <Menu.Target>
          <UnstyledButton className={classes['target']} title={name}>
            <span className={classes['name']}>{name}</span>
            <IconChevronDown size={16} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {children}
          <Menu.Label>{t('colours.title')}</Menu.Label>
          {schemes.map(({ scheme, icon: SchemeIcon }) => (
            <Menu.Item
              key={scheme}
              leftSection={<SchemeIcon size={16} aria-hidden />}
              rightSection={scheme === colorScheme ? <IconCheck size={16} aria-label={t('chosen')} /> : null}
              onClick={() => setColorScheme(scheme)}
            >
              {t(`colours.${scheme}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={sheet}>{t('shortcuts.title')}</Menu.Item>
          <Menu.Item leftSection={<IconLock size={16} aria-hidden />} onClick={() => setPassword(true)}>{t('changePassword')}</Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={logout}>{t('logout')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {password && <PasswordDialog close={() => setPassword(false)} />}
    </>
  );
}
