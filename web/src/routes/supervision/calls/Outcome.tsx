import {
  IconAlertTriangle, IconArrowForwardUp, IconCircleCheck, IconHandStop, IconPhoneCall, IconPhoneOff, IconPhoneX, type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { Call } from '../../../live/floor';
import classes from './Outcome.module.css';

const icons: Record<NonNullable<Call['outcome']>, Icon> = {
  answered: IconCircleCheck, abandoned: IconPhoneX, overflowed: IconArrowForwardUp, no_answer: IconPhoneOff, busy: IconHandStop,
  failed: IconAlertTriangle, refused: IconPhoneX,
};

/** How a call came out, or how far it is, as colour, icon and word. */
export function Outcome({ call: { outcome, state } }: { readonly call: Pick<Call, 'outcome' | 'state'> }) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const Picture = outcome ? icons[outcome] : IconPhoneCall;
  return (
    <span className={classes['outcome']} data-outcome={outcome ?? 'live'}>
      <Picture aria-hidden className={classes['icon']} />
      <span>{outcome ? common(`outcome.${outcome}`) : t(`callState.${state}`)}</span>
    </span>
  );
}
