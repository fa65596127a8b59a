import {
  IconArrowBackUp, IconArrowForwardUp, IconArrowsExchange, IconBellRinging, IconCircleCheck, IconEar, IconFlag, IconHandStop, IconInfoCircle, IconLogout2, IconMicrophone, IconMicrophoneOff, IconNote,
  IconPencil, IconPhoneCall, IconPhoneIncoming, IconPhoneOff, IconPhoneOutgoing, IconPlugConnected, IconPlugConnectedX, IconPoint, IconRecordMail, IconTag, IconUserX, IconUsersGroup,
  IconVolume, type Icon,
} from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { Empty } from '../../../ui/States';
import classes from './Call.module.css';
import { OfferCard } from './OfferCard';
import { at } from './say';
import { StepLine } from './StepLine';
import { endings, entriesOf, parties, type Step } from './tell';

const icons: Record<string, Icon> = {
  arrived: IconPhoneIncoming, dialled: IconPhoneOutgoing, queued: IconUsersGroup, left_queue: IconUsersGroup, overflowed: IconArrowForwardUp,
  offered: IconBellRinging, offer_ended: IconUserX, connected: IconPhoneCall, held: IconHandStop, resumed: IconPhoneCall,
  muted: IconMicrophoneOff, unmuted: IconMicrophone, announced: IconVolume, notice_started: IconInfoCircle, leg_ended: IconPhoneOff,
  recording_started: IconRecordMail, recording_ready: IconRecordMail, recording_lost: IconRecordMail, tagged: IconTag, noted: IconNote,
  recording_paused: IconRecordMail, recording_resumed: IconRecordMail, transfer_started: IconArrowForwardUp, consult_started: IconArrowForwardUp,
  transfer_unseen: IconArrowForwardUp, returned: IconArrowBackUp, swapped: IconArrowsExchange, swapped_back: IconArrowsExchange,
  conference: IconUsersGroup, side_ended: IconCircleCheck, operator_left: IconLogout2, picked_up: IconPhoneIncoming, phone_lost: IconPlugConnectedX,
  phone_back: IconPlugConnected, observed: IconEar, observes: IconEar,
  wrap_up: IconPencil, wrapped_up: IconCircleCheck, ended: IconFlag,
};

function iconOf({ kind, outcome }: Step): Icon {
  if (kind === 'offer_ended' && outcome === 'answered') return IconCircleCheck;
  return icons[kind] ?? IconPoint;
}

interface StepsProps {
  readonly steps: readonly Step[];
  readonly zone: string;
}

/** What happened to the call, in order. */
export function Steps({ steps, zone }: StepsProps) {
  const { t } = useTranslation('supervision');
  const { entries, ended, legs, over } = useMemo(() => ({
    entries: entriesOf(steps), ended: endings(steps), legs: parties(steps), over: steps.some(({ kind }) => kind === 'ended'),
  }), [steps]);
  if (entries.length === 0) return <Empty title={t('call.noSteps')} />;
  return (
    <ol className={classes['steps']}>
      {entries.map((entry) => {
        const step = entry.type === 'offer' ? entry.steps[0] : entry.step;
        const Picture = iconOf(step);
        return (
          <li key={step.seq} className={classes['step']} data-kind={step.kind} data-outcome={step.outcome}>
            <time dateTime={step.at} className={classes['time']}>{at(step.at, zone)}</time>
            <span className={classes['sign']}><Picture aria-hidden className={classes['icon']} /></span>
            <div className={classes['what']}>
              {entry.type === 'offer'
                ? <OfferCard steps={entry.steps} waitedSeconds={entry.waitedSeconds} endings={ended} over={over} zone={zone} />
                : <StepLine step={step} party={step.leg === undefined ? undefined : legs.get(step.leg)} zone={zone} />}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
