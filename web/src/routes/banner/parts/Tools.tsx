import { ActionIcon } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconLayoutNavbar, IconLayoutSidebar } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import { AccountMenu, type AccountEntry } from '../../../ui/AccountMenu';
import { wideEnough } from '../state/layout';
import { useMe } from '../state/post';
import { changePrefs } from '../state/prefs';
import { Indicator } from './Indicator';
import { useLogout } from './useLogout';

export interface ToolsProps {
  readonly settings: () => void;
  readonly changePhone: () => void;
}

/** What concerns the banner as a whole: whether all is well, its layout, his menu. */
export const Tools = memo(function Tools({ strip, settings, changePhone }: ToolsProps & { readonly strip: boolean }) {
  const { t } = useTranslation(['banner', 'common']);
  const name = useMe((me) => me.fullName);
  const mayChange = useMe((me) => me.rights.phoneChange && me.activity === 'idle');
  const wide = useMediaQuery(wideEnough, globalThis.innerWidth >= 900);
  const logout = useLogout();
  const other = strip ? t('layout.column') : t('layout.strip');
  const entries: readonly AccountEntry[] = [
    ...(mayChange ? [{ icon: 'phone', text: t('phone.change'), run: changePhone } as const] : []),
    { icon: 'settings', text: t('settings.title'), run: settings },
  ];
  return (
    <>
      <Indicator />
      {wide && (
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={other} title={other} onClick={() => changePrefs({ layout: strip ? 'column' : 'strip' })}>
          {strip ? <IconLayoutSidebar size={20} aria-hidden /> : <IconLayoutNavbar size={20} aria-hidden />}
        </ActionIcon>
      )}
      <AccountMenu name={name} logout={logout} entries={entries} />
    </>
  );
});
