import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';

import { Alert, Button, Stack, Switch, Text, Title } from '@mantine/core';
import { IconAppWindow, IconBell, IconPhone, IconVolume } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../live/value';
import type { PhoneState } from '../../phone/phone';
import { AccountMenu } from '../../ui/AccountMenu';
import { Brand } from '../../ui/Brand';
import { SteadyButton } from '../../ui/SteadyButton';
import { MicrophoneCheck, PhoneForm, RingDevice } from './later';
import { Check } from './parts/Check';
import { usePhoneText } from './parts/usePhoneText';
import { useLogout } from './parts/useLogout';
import { becomeAvailable } from './state/actions';
import { mayBeAvailable, pauseOf } from './state/model';
import { useBusy, useLine, useMe, usePhone, usePost } from './state/post';
import { changePrefs, prefs } from './state/prefs';
import { ringer } from './state/sound';
import { takePost } from './state/taken';
import { useRings } from './state/useRings';
import classes from './TakePost.module.css';

/** The screen after the log-in: which phone, what is heard, and one click to the banner. */
export function TakePost({ taken }: { readonly taken: () => void }) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const id = useMe((me) => me.id);
  const name = useMe((me) => me.fullName);
  const asked = useMe((me) => me.phone.state === 'missing' && me.rights.phoneChange);
  const own = useMe((me) => me.phone.kind === 'browser');
  const lost = useLine().state !== 'live';
  const logout = useLogout();
  const take = (): void => {
    ringer.stop();
    ringer.unlock();
    // The click that takes the post asks for what was not asked for before.
    const phone = post.phone.get();
    if (phone && needsClick(phone.state.get())) void phone.ask();
    if (prefs.get().notify && 'Notification' in globalThis && Notification.permission === 'default') void Notification.requestPermission();
    post.pop.prepare(post.line.me.get().screenPop);
    takePost(id);
    taken();
  };
  const title = t('take.title');
  useEffect(() => {
    document.title = `${title} · Bandeau`;
  }, [title]);
  return (
    <>
      <a href="#content" className="skip">{t('common:skip')}</a>
      <header className={classes['header']}>
        <Brand />
        <AccountMenu name={name} logout={logout} />
      </header>
      <main id="content" tabIndex={-1} className={classes['main']}>
        <Stack gap="lg" className={classes['card']}>
          <Stack gap={4}>
            <Title order={1} size="h2">{title}</Title>
            <Text c="dimmed">{t('take.text')}</Text>
          </Stack>
          {lost && <Alert color="orange" role="status">{t('take.lost')}</Alert>}
          <div className={classes['checks']}>
            <PhoneCheck />
            {own && <MicrophoneCheck />}
            <SoundCheck />
            <NotificationCheck />
            <PopCheck />
          </div>
          <PausedNote />
          <Button size="lg" variant={asked ? 'default' : 'filled'} onClick={take} disabled={lost}>{t('take.go')}</Button>
        </Stack>
      </main>
    </>
  );
}

function needsClick(state: PhoneState): boolean {
  return state.state === 'failed' && state.trouble === 'permission';
}

function PhoneCheck() {
  const { t } = useTranslation(['banner', 'common']);
  const phone = useMe((me) => me.phone);
  const mayChange = useMe((me) => me.rights.phoneChange);
  const [open, setOpen] = useState(false);
  const text = usePhoneText();
  const asked = phone.state === 'missing';
  const form = mayChange && (asked || open);
  return (
    <Check
      icon={IconPhone}
      title={t('phone.title')}
      text={asked && mayChange ? t('phone.asked') : text}
      alarm={(phone.state === 'unreachable' && phone.kind !== 'browser') || phone.state === 'in_use'}
      action={mayChange && !asked && !open && <Button variant="default" size="xs" onClick={() => setOpen(true)}>{t('phone.change')}</Button>}
    >
      {form && <PhoneForm done={() => setOpen(false)} {...(asked ? {} : { cancel: () => setOpen(false) })} />}
    </Check>
  );
}

function SoundCheck() {
  const { t } = useTranslation(['banner', 'common']);
  const phone = usePhone();
  const ring = useRings();
  const own = useMe((me) => me.phone.kind === 'browser');
  return (
    <Check
      icon={IconVolume}
      title={t('take.sound')}
      text={own ? t('take.soundBrowser') : t('take.soundText')}
      action={<Button variant="default" size="xs" onClick={() => ringer.test()}>{t('take.test')}</Button>}
    >
      <Stack gap="sm">
        <Switch checked={ring} onChange={(event) => changePrefs({ ring: event.currentTarget.checked })} label={t('settings.ring')} />
        {ring && phone && <RingDevice phone={phone} />}
      </Stack>
    </Check>
  );
}

function NotificationCheck() {
  const { t } = useTranslation(['banner', 'common']);
  const { notify } = useValue(prefs);
  const [permission, setPermission] = useState(() => ('Notification' in globalThis ? Notification.permission : 'denied'));
  const possible = 'Notification' in globalThis && globalThis.isSecureContext;
  const text = !possible ? t('take.notifyInsecure') : permission === 'denied' ? t('take.notifyDenied') : t('take.notifyText');
  const change = (on: boolean): void => {
    changePrefs({ notify: on });
    if (on && permission === 'default') void Notification.requestPermission().then(setPermission);
  };
  return (
    <Check icon={IconBell} title={t('take.notify')} text={text}>
      {possible && permission !== 'denied' && (
        <Switch checked={notify} onChange={(event) => change(event.currentTarget.checked)} label={t('settings.notify')} />
      )}
    </Check>
  );
}

/** Where the customer's page opens, for those who have one. */
function PopCheck() {
  const { t } = useTranslation(['banner', 'common']);
  const { window, incoming, outgoing } = useMe((me) => me.screenPop);
  if (window === 'none' || !(incoming || outgoing)) return null;
  return <Check icon={IconAppWindow} title={t('pop.title')} text={t(`pop.take.${window}`)} />;
}

function PausedNote() {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const paused = useMe((me) => me.presence === 'paused');
  const pause = useMe((me) => pauseOf(me)?.name);
  const usable = useMe(mayBeAvailable);
  const lost = useLine().state !== 'live';
  const busy = useBusy('available');
  if (!paused) return null;
  return (
    <Alert color="orange" title={<span className={classes['said']}>{pause ? t('take.pausedWith', { pause }) : t('take.paused')}</span>} role="status">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{usable ? t('take.pausedText') : t('take.pausedPhone')}</Text>
        {usable && <SteadyButton size="xs" variant="default" busy={busy} off={lost} onClick={() => becomeAvailable(post)}>{t('status.makeAvailable')}</SteadyButton>}
      </Stack>
    </Alert>
  );
}
