import { Button, Text } from '@mantine/core';
import {
  IconDialpad, IconHandStop, IconMicrophone, IconMicrophoneOff, IconPhone, IconPhoneOff, IconPlayerPlay,
} from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { useShortcut } from '../../../ui/Shortcuts';
import { answerCall, hangUp, hold, mute, refuseCall } from '../state/actions';
import type { LiveCall } from '../state/model';
import { useBusy, useLine, usePost } from '../state/post';
import { prefs } from '../state/prefs';
import { useArmed } from '../state/useArmed';
import classes from './CallActions.module.css';
import { Keypad } from './Keypad';

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
  const [answering, refusing] = [useBusy('answer'), useBusy('end')];
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
        <Button ref={button} size="lg" color="green.8" leftSection={<IconPhone aria-hidden />} loading={answering} disabled={lost}
          className={classes['main']} onClick={() => answerCall(post, call.id)}>
          {t('card.answer')}
        </Button>
      ) : (
        <Text fw={600} className={classes['hint']}>{t('card.answerOnPhone')}</Text>
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
  const ending = useBusy('end');
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
  const [muting, holding, ending] = [useBusy('mute'), useBusy('hold'), useBusy('end')];
  const [pad, setPad] = useState(false);
  const held = call.state === 'held';
  const end = useArmed(() => hangUp(post, call.id));
  const toggleMute = (): void => mute(post, call.id, !call.muted);
  const toggleHold = (): void => hold(post, call.id, !held);
  useShortcut(keys.mute, t('keys.mute'), toggleMute, !keysOn || lost);
  useShortcut(keys.hold, t('keys.hold'), toggleHold, !keysOn || lost);
  useShortcut(keys.end, t('keys.end'), end.press, !keysOn || lost);
  return (
    <div>
      <div className={classes['actions']}>
        <Button size="md" variant={call.muted ? 'filled' : 'default'} color="orange.9" aria-pressed={call.muted} loading={muting} disabled={lost}
          leftSection={call.muted ? <IconMicrophoneOff size={20} aria-hidden /> : <IconMicrophone size={20} aria-hidden />} onClick={toggleMute}>
          {call.muted ? t('card.muted') : t('card.mute')}
        </Button>
        <Button size="md" variant={held ? 'filled' : 'default'} loading={holding} disabled={lost}
          leftSection={held ? <IconPlayerPlay size={20} aria-hidden /> : <IconHandStop size={20} aria-hidden />} onClick={toggleHold}>
          {held ? t('card.resume') : t('card.hold')}
        </Button>
        <Button size="md" variant="default" aria-expanded={pad} disabled={lost || held}
          leftSection={<IconDialpad size={20} aria-hidden />} onClick={() => setPad(!pad)}>
          {t('card.keypad')}
        </Button>
        <EndButton text={t('card.hangUp')} armed={end.armed} loading={ending} disabled={lost} onClick={() => hangUp(post, call.id)} />
      </div>
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
    <Button size="md" color="red.8" variant={armed ? 'filled' : 'outline'} loading={loading} disabled={disabled} className={classes['end']}
      leftSection={<IconPhoneOff size={20} aria-hidden />} onClick={onClick}>
      {armed ? t('card.again', { key: keys.end.toUpperCase() }) : text}
    </Button>
  );
}
