import '../formStyles';

import { Button, Fieldset, Group, Modal, SegmentedControl, Skeleton, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { Devices, RingDevice } from '../later';
import { usePhone } from '../state/post';
import { actions, changePrefs, clashes, defaults, isKey, prefs, type Action, type Layout } from '../state/prefs';
import { ringer } from '../state/sound';
import { useRings } from '../state/useRings';
import classes from './Settings.module.css';

const layouts: readonly Layout[] = ['auto', 'column', 'strip'];

/** What a person chooses for this computer: layout, sound, notifications, keys. */
export function Settings({ close }: { readonly close: () => void }) {
  const { t } = useTranslation(['banner', 'common']);
  const { layout, notify, autoAnswer } = useValue(prefs);
  const ring = useRings();
  const phone = usePhone();
  const denied = !('Notification' in globalThis) || Notification.permission === 'denied';
  const changeNotify = (on: boolean): void => {
    changePrefs({ notify: on });
    if (on && !denied && Notification.permission === 'default') void Notification.requestPermission();
  };
  return (
    <Modal opened onClose={close} title={t('settings.title')} closeButtonProps={{ 'aria-label': t('common:close') }}>
      <Stack gap="lg">
        <div>
          <Text size="sm" fw={500} id="layout-label" mb={4}>{t('settings.layout')}</Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="layout-label"
            value={layout}
            onChange={(value) => changePrefs({ layout: value })}
            data={layouts.map((value) => ({ value, label: t(`settings.layouts.${value}`) }))}
          />
        </div>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Switch checked={ring} onChange={(event) => changePrefs({ ring: event.currentTarget.checked })} label={t('settings.ring')} description={phone ? t('settings.ringBrowser') : t('settings.ringText')} />
          <Button variant="default" size="xs" className={classes['try']} onClick={() => ringer.test()}>{t('take.test')}</Button>
        </Group>
        <Switch
          checked={notify && !denied}
          disabled={denied}
          onChange={(event) => changeNotify(event.currentTarget.checked)}
          label={t('settings.notify')}
          description={denied ? t('take.notifyDenied') : t('take.notifyText')}
        />
        {phone && (
          <>
            <Switch checked={autoAnswer} onChange={(event) => changePrefs({ autoAnswer: event.currentTarget.checked })} label={t('settings.autoAnswer')} description={t('settings.autoAnswerText')} />
            <Fieldset legend={t('mic.title')}>
              <Stack gap="sm">
                <Devices phone={phone} fallback={<Skeleton height={160} />} />
                {ring && <RingDevice phone={phone} />}
              </Stack>
            </Fieldset>
          </>
        )}
        <Keys />
        <Text size="xs" c="dimmed">{t('settings.here')}</Text>
      </Stack>
    </Modal>
  );
}

function Keys() {
  const { t } = useTranslation(['banner', 'common']);
  const { keys, keysOn } = useValue(prefs);
  // What is being typed; a key is taken over once all of them differ.
  const [typed, setTyped] = useState<Readonly<Record<Action, string>>>(keys);
  const clashing = clashes(typed);
  const change = (action: Action, text: string): void => {
    const key = text.slice(-1).toLowerCase();
    if (key !== '' && !isKey(key)) return;
    const next = { ...typed, [action]: key };
    setTyped(next);
    if (clashes(next).size === 0 && actions.every((each) => next[each] !== '')) changePrefs({ keys: next });
  };
  const reset = (): void => {
    setTyped(defaults.keys);
    changePrefs({ keys: defaults.keys });
  };
  return (
    <Fieldset legend={t('common:shortcuts.title')}>
      <Stack gap="sm">
        <Switch checked={keysOn} onChange={(event) => changePrefs({ keysOn: event.currentTarget.checked })} label={t('settings.keysOn')} />
        {keysOn && (
          <>
            <div className={classes['keys']}>
              {actions.map((action) => (
                <TextInput
                  key={action}
                  size="sm"
                  label={t(`keys.${action}`)}
                  value={typed[action].toUpperCase()}
                  error={clashing.has(action) ? t('settings.clash') : typed[action] === '' ? t('settings.noKey') : null}
                  onChange={(event) => change(action, event.currentTarget.value)}
                  onFocus={(event) => event.currentTarget.select()}
                  classNames={{ root: classes['key'] ?? '', input: classes['letter'] ?? '' }}
                />
              ))}
            </div>
            <Button variant="subtle" size="xs" onClick={reset}>{t('settings.reset')}</Button>
          </>
        )}
      </Stack>
    </Fieldset>
  );
}
