import { Text } from '@mantine/core';
import {
  IconArrowForwardUp, IconDialpad, IconHandStop, IconMicrophone, IconMicrophoneOff, IconPhone, IconPhoneOff, IconPlayerPause, IconPlayerPlay, IconPlayerRecord,
} from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { useShortcut } from '../../../ui/Shortcuts';
import { Keypad, SideActions, SideParties, TransferPanel } from '../later';
import { answerCall, hangUp, hold, mute, pauseRecording, refuseCall } from '../state/actions';
import { sideOf, type LiveCall } from '../state/model';
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
      {call.side?.kind === 'return' && <Text fw={600} role="status">{t('side.returned')}</Text>}
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

type Open = 'pad' | 'transfer' | null;

/** While they talk, or the other side is on hold, or a second party is in the call. */
export function TalkingActions({ call }: ActionsProps) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const lost = useLine().state !== 'live';
  const { keys, keysOn } = useValue(prefs);
  const [chosen, setOpen] = useState<Open>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const side = sideOf(call);
  const held = call.state === 'held' && !side;
  const mine = call.part !== 'consulted';
  const alone = mine && !side;
  const open = (chosen === 'pad' && held) || (chosen === 'transfer' && !alone) ? null : chosen;
  const muting = useBusy(`mute-${call.id}-${String(!call.muted)}`);
  const holding = useBusy(`hold-${call.id}-${String(!held)}`);
  const ending = useBusy(`end-${call.id}`);
  // Who hands over leaves by that: one button for it is enough.
  const ends = side === null || side.kind === 'transfer';
  const end = useArmed(() => hangUp(post, call.id));
  const toggle = (what: Open): void => setOpen(open === what ? null : what);
  const toggleMute = (): void => mute(post, call.id, !call.muted);
  const toggleHold = (): void => hold(post, call.id, !held);
  const close = useCallback(() => {
    setOpen(null);
    opener.current?.focus({ preventScroll: true });
  }, []);
  useShortcut(keys.mute, t('keys.mute'), toggleMute, !keysOn || lost);
  useShortcut(keys.hold, t('keys.hold'), toggleHold, !keysOn || lost || !alone);
  useShortcut(keys.transfer, t('keys.transfer'), () => setOpen('transfer'), !keysOn || lost || !alone);
  useShortcut(keys.end, t('keys.end'), end.press, !keysOn || lost || !ends);
  return (
    <div className={classes['actions']} data-side={side ? true : undefined}>
      {side && <SideParties call={call} side={side} />}
      <div className={classes['grid']}>
        <CallButton stacked kind={call.muted ? 'on' : 'plain'} icon={call.muted ? IconMicrophoneOff : IconMicrophone}
          text={call.muted ? t('card.muted') : t('card.mute')} pressed={call.muted} busy={muting} disabled={lost} onClick={toggleMute} />
        {alone && (
          <CallButton stacked kind={held ? 'on' : 'plain'} icon={held ? IconPlayerPlay : IconHandStop}
            text={held ? t('card.resume') : t('card.hold')} busy={holding} disabled={lost} onClick={toggleHold} />
        )}
        {alone && (
          <CallButton ref={opener} stacked icon={IconArrowForwardUp} text={t('card.transfer')} expanded={open === 'transfer'} disabled={lost} onClick={() => toggle('transfer')} />
        )}
        {side && <SideActions call={call} side={side} />}
        {side?.state !== 'ringing' && <CallButton stacked icon={IconDialpad} text={t('card.keypad')} expanded={open === 'pad'} disabled={lost || held} onClick={() => toggle('pad')} />}
        {mine && side?.kind !== 'consult' && <RecordButton call={call} />}
      </div>
      {ends && <EndButton text={t('card.hangUp')} armed={end.armed} loading={ending} disabled={lost} onClick={() => hangUp(post, call.id)} />}
      {open === 'pad' && <Keypad call={call.id} />}
      {open === 'transfer' && <TransferPanel call={call.id} close={close} />}
    </div>
  );
}

/** Silence is recorded while it is paused, where the group lets its operators do so. */
function RecordButton({ call }: ActionsProps) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const lost = useLine().state !== 'live';
  const paused = call.recordingPaused;
  const busy = useBusy(`record-${call.id}-${String(!paused)}`);
  if (!call.mayStopRecording) return null;
  return (
    <CallButton stacked kind={paused ? 'on' : 'plain'} icon={paused ? IconPlayerRecord : IconPlayerPause} text={paused ? t('card.resumeRecording') : t('card.pauseRecording')}
      busy={busy} disabled={lost} onClick={() => pauseRecording(post, call.id, !paused)} />
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
