import { Text } from '@mantine/core';
import {
  IconDialpad, IconHandStop, IconMicrophone, IconMicrophoneOff, IconPhone, IconPhoneOff, IconPlayerPlay,
} from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { useShortcut } from '../../../ui/Shortcuts';
import { Keypad } from '../later';
import { answerCall, hangUp, hold, mute, refuseCall } from '../state/actions';
import type { LiveCall } from '../state/model';
import { useBusy, useLine, usePost } from '../state/post';
import { prefs } from '../state/prefs';
import { useArmed } from '../state/useArmed';
import classes from './CallActions.module.css';
import { CallButton } from './CallButton';

interface ActionsProps {
  readonly call: LiveCall;
}

function inUse(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLElement && (at.isContentEditable || at.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null);
}

/** While a call is offered. */
export function RingingActions({ call }: ActionsProps) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const lost = useLine().state !== 'live';
  const { keys, keysOn } = useValue(prefs);
  const [answering, refusing] = [useBusy(`answer-${call.id}`), useBusy(`end-${call.id}`)];
  const refuse = useArmed(() => refuseCall(post, call.id));
  const button = useRef<HTMLButtonElement>(null);
  useShortcut(keys.answer, t('keys.answer'), () => answerCall(post, call.id), !keysOn || lost || !call.answerable);
  useShortcut(keys.end, t('keys.end'), refuse.press, !keysOn || lost);
  // Enter answers at once, but never out of the middle of a word.
  useEffect(() => {
    if (call.answerable && !inUse()) button.current?.focus({ preventScroll: true });
  }, [call.id, call.answerable]);
  return (
    <div className={classes['actions']}>
      {call.answerable ? (
        <CallButton ref={button} kind="answer" icon={IconPhone} text={t('card.answer')} busy={answering} disabled={lost} onClick={() => answerCall(post, call.id)} />
      ) : (
        <Text fw={600}>{t('card.answerOnPhone')}</Text>
      )}
      <EndButton text={t('card.refuse')} armed={refuse.armed} loading={refusing} disabled={lost} onClick={() => refuseCall(post, call.id)} />
    </div>
  );
}

/** While his own phone or the called one rings. */
export function DialingActions({ call }: ActionsProps) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const lost = useLine().state !== 'live';
  const { keys, keysOn } = useValue(prefs);
  const ending = useBusy(`end-${call.id}`);
  const end = useArmed(() => hangUp(post, call.id));
  useShortcut(keys.end, t('keys.end'), end.press, !keysOn || lost);
  return (
    <div className={classes['actions']}>
      <EndButton text={t('common:cancel')} armed={end.armed} loading={ending} disabled={lost} onClick={() => hangUp(post, call.id)} />
    </div>
  );
}

/** While they talk, or the other side is on hold. */
export function TalkingActions({ call }: ActionsProps) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const lost = useLine().state !== 'live';
  const { keys, keysOn } = useValue(prefs);
  const [pad, setPad] = useState(false);
  const held = call.state === 'held';
  const muting = useBusy(`mute-${call.id}-${String(!call.muted)}`);
  const holding = useBusy(`hold-${call.id}-${String(!held)}`);
  const ending = useBusy(`end-${call.id}`);
  const end = useArmed(() => hangUp(post, call.id));
  const toggleMute = (): void => mute(post, call.id, !call.muted);
  const toggleHold = (): void => hold(post, call.id, !held);
  useShortcut(keys.mute, t('keys.mute'), toggleMute, !keysOn || lost);
  useShortcut(keys.hold, t('keys.hold'), toggleHold, !keysOn || lost);
  useShortcut(keys.end, t('keys.end'), end.press, !keysOn || lost);
  return (
    <div className={classes['actions']}>
      <div className={classes['three']}>
        <CallButton stacked kind={call.muted ? 'on' : 'plain'} icon={call.muted ? IconMicrophoneOff : IconMicrophone}
          text={call.muted ? t('card.muted') : t('card.mute')} pressed={call.muted} busy={muting} disabled={lost} onClick={toggleMute} />
        <CallButton stacked kind={held ? 'on' : 'plain'} icon={held ? IconPlayerPlay : IconHandStop}
          text={held ? t('card.resume') : t('card.hold')} busy={holding} disabled={lost} onClick={toggleHold} />
        <CallButton stacked icon={IconDialpad} text={t('card.keypad')} expanded={pad && !held} disabled={lost || held} onClick={() => setPad(!pad)} />
      </div>
      <EndButton text={t('card.hangUp')} armed={end.armed} loading={ending} disabled={lost} onClick={() => hangUp(post, call.id)} />
      {pad && !held && <Keypad call={call.id} />}
    </div>
  );
}

interface EndProps {
  readonly text: string;
  readonly armed: boolean;
  readonly loading: boolean;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

/** Red, and says when the key has been pressed once. */
function EndButton({ text, armed, loading, disabled, onClick }: EndProps) {
  const { t } = useTranslation(['banner', 'common']);
  const { keys } = useValue(prefs);
  return (
    <CallButton
      kind={armed ? 'armed' : 'end'}
      icon={IconPhoneOff}
      text={armed ? t('card.again', { key: keys.end.toUpperCase() }) : text}
      busy={loading}
      disabled={disabled}
      onClick={onClick}
    />
  );
}
