import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLock, IconLogout, IconMoon, IconPhone, IconSettings, IconSun, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { AccountEntry } from './AccountMenu';
import { ButtonMenu } from './ButtonMenu';
import type { MenuPlace } from './MenuButton';
import { useShortcutSheet } from './Shortcuts';

const schemes: readonly { readonly scheme: MantineColorScheme; readonly icon: Icon }[] = [
  { scheme: 'light', icon: IconSun },
  { scheme: 'dark', icon: IconMoon },
  { scheme: 'auto', icon: IconDeviceDesktop },
];

const icons: Readonly<Record<AccountEntry['icon'], Icon>> = { phone: IconPhone, settings: IconSettings };

interface AccountEntriesProps {
  readonly place: MenuPlace;
  readonly entries: readonly AccountEntry[];
  readonly password: () => void;
  readonly logout: () => void;
  readonly close: () => void;
}

/** What opens under the name of who is logged in. */
export function AccountEntries({ place, entries, password, logout }: AccountEntriesProps) {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const sheet = useShortcutSheet();
  return (
    <ButtonMenu {...place} position="bottom-end" width={240}>
      {entries.map(({ icon, text, run }) => {
        const Picture = icons[icon];
        return <Menu.Item key={icon} leftSection={<Picture size={16} aria-hidden />} onClick={run}>{text}</Menu.Item>;
      })}
      {entries.length > 0 && <Menu.Divider />}
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
      <Menu.Item leftSection={<IconLock size={16} aria-hidden />} onClick={password}>{t('changePassword')}</Menu.Item>
      <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={logout}>{t('logout')}</Menu.Item>
    </ButtonMenu>
  );
}
