import {
  IconBellRinging, IconCircleCheck, IconHandStop, IconPencil, IconPhoneCall, IconPhoneOutgoing, IconPlayerPause,
  IconPower, type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { FloorOperator } from '../live/floor';
import classes from './Status.module.css';

export type Presence = FloorOperator['presence'];
export type Activity = FloorOperator['activity'];

/** What an operator is doing, in one word: his activity, or his presence while he has none. */
export type State = Exclude<Activity, 'idle'> | Presence;

export function stateOf(operator: { readonly presence: Presence; readonly activity: Activity }): State {
  return operator.activity === 'idle' ? operator.presence : operator.activity;
}

const icons: Record<State, Icon> = {
  available: IconCircleCheck,
  paused: IconPlayerPause,
  logged_out: IconPower,
  ringing: IconBellRinging,
  dialing: IconPhoneOutgoing,
  talking: IconPhoneCall,
  held: IconHandStop,
  wrap_up: IconPencil,
};

/** A class that sets --tint to the colour of the state in data-state. */
export const stateTint = classes['tint'];

/** The picture of a state; beside its word, never instead of it. */
export function StateIcon({ state, className }: { readonly state: State; readonly className?: string | undefined }) {
  const Picture = icons[state];
  return <Picture aria-hidden className={className} />;
}

interface StatusProps {
  readonly state: State;
  /** Said instead of the state's word, as the name of a pause. */
  readonly word?: string | undefined;
  readonly size?: 'sm' | 'md' | 'lg';
}

/** A state as colour, icon and word. */
export function Status({ state, word, size = 'md' }: StatusProps) {
  const { t } = useTranslation();
  return (
    <span className={classes['status']} data-state={state} data-size={size}>
      <StateIcon state={state} className={classes['icon']} />
      <span className={classes['word']}>{word ?? t(`state.${state}`)}</span>
    </span>
  );
}
