import { Button, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle, IconEar, IconEarOff, IconMicrophone, IconMicrophoneOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Call } from '../../../live/floor';
import { useRow } from '../../../live/rows';
import { useValue } from '../../../live/value';
import { Dot } from '../../../ui/Dot';
import { Duration } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { useShortcut } from '../../../ui/Shortcuts';
import { SteadyButton } from '../../../ui/SteadyButton';
import { refused } from '../../../ui/toast';
import { CallLink } from '../calls/CallLink';
import { Choice } from '../Choice';
import { useLive } from '../live';
import { Devices } from './Devices';
import { Level } from './Level';
import classes from './Listening.module.css';
import { modeIcons } from './looks';
import { modes, type Mode } from './mine';
import { useListenTrouble, useNoVoice } from './useListenTrouble';
import { useBegin, useListening } from './useListening';

/** Whom he hears, what he does there, and the way out. */
export function ListenBar() {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  const listening = useListening();
  const mine = useValue(listening.mine);
  const asked = useValue(listening.asked);
  const operator = useRow(floor.operators, asked?.operator ?? mine?.operator);
  const call = useRow(floor.calls, mine !== null && asked !== null && asked.operator !== mine.operator ? null : mine?.call);
  const name = operator?.fullName ?? '';
  const mode = asked?.mode ?? mine?.mode;
  const up = mine !== null && mine.up && mine.operator === operator?.id;
  const silent = useSilent(mode);
  return (
    <>
      <VisuallyHidden aria-live="polite" aria-atomic>{mode && up && !asked ? t(`listening.now.${mode}`, { name }) : ''}</VisuallyHidden>
      {mode && <div className={classes['room']} />}
      {mode && (
        <section className={classes['bar']} aria-label={t('listening.title')}>
          <div className={classes['main']}>
            <div className={classes['whom']}>
              <IconEar aria-hidden className={classes['sign']} />
              <div className={classes['words']}>
                <strong className={classes['name']}>{name}</strong>
                <span className={classes['who']}>{up ? t(`listening.heard.${silent ? 'listen' : mode}`) : t(mine && !asked ? 'listening.rings' : 'listening.connecting')}</span>
              </div>
            </div>
            {call && <Conversation call={call} />}
            <Modes operator={operator?.id} mode={mode} />
            <Voice mode={mode} />
            <Leave />
          </div>
          <Trouble mode={mode} />
        </section>
      )}
    </>
  );
}

function Conversation({ call }: { readonly call: Call }) {
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const group = useRow(floor.groups, call.group);
  const number = call.direction === 'out' ? call.called : call.caller;
  return (
    <div className={classes['call']}>
      {group && <span className={classes['group']}><Dot colour={group.colour} /> <span>{group.name}</span></span>}
      <span className={classes['party']}>
        <CallLink id={call.id} className={classes['number']}>{number ? readable(number) : common('withheld')}</CallLink>
        <span className={classes['time']}><Duration since={call.answeredAt ?? call.arrivedAt} /></span>
      </span>
    </div>
  );
}

function Modes({ operator, mode }: { readonly operator: string | undefined; readonly mode: Mode }) {
  const { t } = useTranslation('supervision');
  const begin = useBegin();
  return (
    <Choice
      label={t('listening.mode')}
      value={mode}
      options={modes.map((value) => ({ value, label: t(`listening.do.${value}`), icon: modeIcons[value] }))}
      // He keeps the phone he hears him on.
      choose={(value) => operator !== undefined && begin(operator, value, { kind: 'browser' })}
    />
  );
}

/** Whether nobody hears him here, whatever he does in the call. */
function useSilent(mode: Mode | undefined): boolean {
  const listening = useListening();
  const here = useValue(listening.here);
  const muted = useValue(listening.muted);
  const noVoice = useNoVoice();
  return mode === 'listen' || (here && (muted || noVoice));
}

/** What is heard here, for the eye, the microphone, which is closed while he only listens, and which devices they are. */
function Voice({ mode }: { readonly mode: Mode }) {
  const { t } = useTranslation('supervision');
  const listening = useListening();
  const here = useValue(listening.here);
  const muted = useValue(listening.muted);
  const noVoice = useNoVoice();
  const silent = mode === 'listen' || noVoice;
  const word = silent ? t('listening.closed') : t(muted ? 'listening.unmute' : 'listening.mute');
  const toggle = (): void => listening.mute(!listening.muted.get());
  useShortcut('M', t('listening.muteKey'), toggle, !here || silent);
  if (!here) return null;
  return (
    <div className={classes['voice']}>
      <Level />
      <SteadyButton
        variant="default"
        size="xs"
        className={classes['mute'] ?? ''}
        off={silent}
        leftSection={silent || muted ? <IconMicrophoneOff size={16} aria-hidden /> : <IconMicrophone size={16} aria-hidden />}
        onClick={toggle}
      >
        {word}
      </SteadyButton>
      <Devices />
    </div>
  );
}

function Leave() {
  const { t } = useTranslation('supervision');
  const listening = useListening();
  const mine = useValue(listening.mine);
  const [busy, setBusy] = useState(false);
  const leave = async (): Promise<void> => {
    setBusy(true);
    try {
      await listening.leave();
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <SteadyButton size="xs" variant="default" className={classes['leave'] ?? ''} busy={busy} off={mine === null} leftSection={<IconEarOff size={16} aria-hidden />} onClick={() => void leave()}>
      {t('listening.leave')}
    </SteadyButton>
  );
}

/** Why he does not hear, or is not heard, and what can be done about it. */
function Trouble({ mode }: { readonly mode: Mode }) {
  const { t } = useTranslation('supervision');
  const trouble = useListenTrouble(mode);
  if (!trouble) return null;
  return (
    <div className={classes['trouble']} role="status">
      <IconAlertTriangle size={18} aria-hidden />
      <span>{t(`listening.trouble.${trouble.kind}`)}</span>
      {trouble.remedy && <Button size="compact-sm" variant="default" onClick={trouble.remedy}>{t(`listening.remedy.${trouble.word}`)}</Button>}
    </div>
  );
}
