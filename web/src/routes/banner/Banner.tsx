import { ActionIcon, Menu, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconLayoutNavbar, IconLayoutSidebar, IconPhone, IconSettings } from '@tabler/icons-react';
import { Suspense, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../live/value';
import { AccountMenu } from '../../ui/AccountMenu';
import { Brand } from '../../ui/Brand';
import { stateOf } from '../../ui/Status';
import { Column } from './Column';
import { PhoneDialog, Settings, Strip } from './later';
import { Announcer } from './parts/Announcer';
import { Indicator } from './parts/Indicator';
import { useFreshHistory } from './parts/useHistory';
import { useLogout } from './parts/useLogout';
import { pauseOf } from './state/model';
import { useMe } from './state/post';
import { changePrefs, prefs } from './state/prefs';
import { ringer } from './state/sound';
import { useAlerts } from './state/useAlerts';

/** The banner at work, as a column or as a strip. */
export function Banner() {
  const { t } = useTranslation(['banner', 'common']);
  const [dialog, setDialog] = useState<'phone' | 'settings' | null>(null);
  const name = useMe((me) => me.fullName);
  const word = useMe((me) => (stateOf(me) === 'paused' ? pauseOf(me)?.name : undefined));
  const state = useMe(stateOf);
  const strip = useStrip();
  useAlerts(word ?? t(`common:state.${state}`));
  useFreshHistory();
  useSoundUnlocked();

  const close = (): void => setDialog(null);
  const changePhone = (): void => setDialog('phone');
  const tools = <Tools strip={strip} settings={() => setDialog('settings')} changePhone={changePhone} />;
  const heading = <VisuallyHidden component="h1">{t('heading', { name })}</VisuallyHidden>;
  return (
    <>
      <a href="#content" className="skip">{t('common:skip')}</a>
      <Suspense>
        {strip
          ? <Strip heading={heading} tools={tools} changePhone={changePhone} />
          : <Column heading={heading} brand={<Brand />} tools={tools} changePhone={changePhone} />}
      </Suspense>
      <Announcer />
      <Suspense>
        {dialog === 'phone' && <PhoneDialog close={close} />}
        {dialog === 'settings' && <Settings close={close} />}
      </Suspense>
    </>
  );
}

/** A strip where the window is one, or where it was chosen and has room. */
function useStrip(): boolean {
  const { layout } = useValue(prefs);
  const wide = useMediaQuery('(min-width: 900px)', globalThis.innerWidth >= 900);
  const short = useMediaQuery('(max-height: 420px)', globalThis.innerHeight <= 420);
  return wide && (layout === 'strip' || (layout === 'auto' && short));
}

/** Browsers let a page sound after a click or a key only: the first one after a reload will do. */
function useSoundUnlocked(): void {
  useEffect(() => {
    const unlock = (): void => ringer.unlock();
    const once = { once: true, capture: true };
    document.addEventListener('pointerdown', unlock, once);
    document.addEventListener('keydown', unlock, once);
    return () => {
      document.removeEventListener('pointerdown', unlock, once);
      document.removeEventListener('keydown', unlock, once);
    };
  }, []);
}

interface ToolsProps {
  readonly strip: boolean;
  readonly settings: () => void;
  readonly changePhone: () => void;
}

function Tools({ strip, settings, changePhone }: ToolsProps): ReactNode {
  const { t } = useTranslation(['banner', 'common']);
  const name = useMe((me) => me.fullName);
  const mayChange = useMe((me) => me.rights.phoneChange && me.activity === 'idle');
  const wide = useMediaQuery('(min-width: 900px)', globalThis.innerWidth >= 900);
  const logout = useLogout();
  const other = strip ? t('layout.column') : t('layout.strip');
  return (
    <>
      <Indicator />
      {wide && (
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={other} title={other} onClick={() => changePrefs({ layout: strip ? 'column' : 'strip' })}>
          {strip ? <IconLayoutSidebar size={20} aria-hidden /> : <IconLayoutNavbar size={20} aria-hidden />}
        </ActionIcon>
      )}
      <AccountMenu name={name} logout={logout}>
        {mayChange && <Menu.Item leftSection={<IconPhone size={16} aria-hidden />} onClick={changePhone}>{t('phone.change')}</Menu.Item>}
        <Menu.Item leftSection={<IconSettings size={16} aria-hidden />} onClick={settings}>{t('settings.title')}</Menu.Item>
        <Menu.Divider />
      </AccountMenu>
    </>
  );
}
