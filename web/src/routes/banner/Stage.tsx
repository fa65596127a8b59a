import { Text } from '@mantine/core';
import { memo, useDeferredValue, useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { stateOf, stateTint } from '../../ui/Status';
import { SteadyButton } from '../../ui/SteadyButton';
import { DialingActions, RingingActions, TalkingActions } from './cards/CallActions';
import { CallMarks } from './cards/CallMarks';
import { CallWho, Rec } from './cards/CallWho';
import { LostCall } from './cards/LostCall';
import { PauseActions, WrapUpActions } from './cards/Outside';
import { Qualify } from './later';
import { Remaining } from './parts/Figure';
import { StatusButton } from './parts/StatusButton';
import classes from './Stage.module.css';
import { becomeAvailable } from './state/actions';
import { callOf, cardOf, sideOf } from './state/model';
import { useBusy, useLine, useMe, usePost } from './state/post';

/** The middle of the banner: how he stands, and what he can do about it now. */
export const Stage = memo(function Stage({ strip }: { readonly strip: boolean }) {
  const { t } = useTranslation(['banner', 'common']);
  const state = useMe(stateOf);
  const card = useMe(cardOf);
  const call = useMe(callOf);
  // Of two parties the strip has no room to say more than who they are.
  const crowded = strip && card === 'talking' && call !== undefined && sideOf(call) !== null;
  const region = useRef<HTMLElement>(null);
  const first = useRef(true);
  // A button that has gone takes the focus with it; the next key should find its way here.
  useEffect(() => {
    const fresh = first.current;
    first.current = false;
    if (fresh && card === 'none') return;
    if (document.activeElement === null || document.activeElement === document.body) region.current?.focus({ preventScroll: true });
  }, [card]);
  return (
    <section
      ref={region}
      tabIndex={-1}
      aria-label={t('stage')}
      className={[classes['stage'], stateTint].join(' ')}
      data-state={state}
      data-stage
      data-strip={strip || undefined}
    >
      <StatusButton />
      <Time />
      <Waiting />
      {(call !== undefined || card === 'pause') && (
        <div className={classes['card']}>
          {call && (crowded ? <Rec call={call} /> : <CallWho call={call} />)}
          {call && <CallMarks call={call} />}
          {call && <LostCall call={call} />}
          {card === 'dialing' && call && <DialText own={call.ringsMine} />}
          {card === 'ringing' && call && <RingingActions call={call} />}
          {card === 'dialing' && call && <DialingActions call={call} />}
          {card === 'talking' && call && <TalkingActions call={call} />}
          {card === 'wrapUp' && <WrapUpActions />}
          {card === 'pause' && <PauseActions />}
          {!strip && (card === 'talking' || card === 'wrapUp') && call && <Second><Qualify key={call.id} call={call} /></Second>}
        </div>
      )}
      {!call && card === 'wrapUp' && <div className={classes['card']}><WrapUpActions /></div>}
    </section>
  );
});

/** Comes once what it belongs to is on the screen: nobody writes before he has seen that the call is there. */
function Second({ children }: { readonly children: ReactNode }) {
  return useDeferredValue(true, false) && children;
}

function DialText({ own }: { readonly own: boolean }) {
  const { t } = useTranslation(['banner', 'common']);
  return <Text fw={600} role="status">{own ? t('card.pickUp') : t('card.calling')}</Text>;
}

/** What runs out, as a line: the ringing, wrap-up, the pause. */
function Time() {
  const card = useMe(cardOf);
  const from = useMe((me) => (me.activity === 'idle' ? me.presenceSince : me.activitySince));
  const until = useMe((me) => {
    switch (cardOf(me)) {
      case 'ringing':
        return callOf(me)?.ringUntil ?? null;
      case 'wrapUp':
        return me.wrapUpUntil;
      case 'pause':
        return me.pauseUntil;
      default:
        return null;
    }
  });
  return <div className={classes['time']}><Remaining from={from} until={until} warns={card === 'pause'} /></div>;
}

/** What he asked for during the call, and the way to take it back. */
function Waiting() {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const pending = useMe((me) => me.pending);
  const name = useMe((me) => me.pauseTypes.find((type) => type.id === me.pending?.pauseType)?.name ?? '');
  const lost = useLine().state !== 'live';
  const busy = useBusy('available');
  if (!pending) return null;
  return (
    <div className={classes['pending']}>
      <Text size="sm" role="status">{pending.presence === 'logged_out' ? t('pending.logout') : t('pending.pause', { pause: name })}</Text>
      <SteadyButton size="compact-sm" variant="default" busy={busy} off={lost} onClick={() => becomeAvailable(post)}>{t('common:cancel')}</SteadyButton>
    </div>
  );
}
