import { IconPhoneIncoming, IconPhoneOutgoing, IconPlayerPauseFilled } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { Duration } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { groupOf, otherParty, type LiveCall } from '../state/model';
import { useMe } from '../state/post';
import classes from './CallWho.module.css';

/** Who calls or is called, for which group, and how long he has waited. */
export function CallWho({ call }: { readonly call: LiveCall }) {
  const { t } = useTranslation(['banner', 'common']);
  const group = useMe((me) => groupOf(me, call.group));
  const { name, number } = otherParty(call);
  const shown = number ? readable(number) : call.numberHidden ? t('history.hidden') : t('common:withheld');
  const Direction = call.direction === 'in' ? IconPhoneIncoming : IconPhoneOutgoing;
  return (
    <div className={classes['who']} style={group && { '--group': group.colour } as CSSProperties}>
      <div className={classes['group']}>
        <Direction size={18} aria-label={t(`common:direction.${call.direction}`)} role="img" className={classes['direction']} />
        {group ? (
          <>
            <Dot colour={group.colour} />
            <span className={classes['groupName']} title={group.name}>{group.name}</span>
          </>
        ) : (
          <span className={classes['groupName']}>{call.direction === 'in' ? t('card.direct') : t('card.noGroup')}</span>
        )}
        <Rec call={call} />
      </div>
      <p className={classes['name']} dir="auto" data-number={name === null || undefined} title={name ?? shown}>{name ?? shown}</p>
      {name !== null && <p className={classes['number']} title={shown}>{shown}</p>}
      <CallFacts call={call} />
    </div>
  );
}

/** What is known beside who it is; the strip, which has no room for it, shows it with the notes. */
export function CallFacts({ call }: { readonly call: LiveCall }) {
  const { t } = useTranslation(['banner', 'common']);
  return (
    <dl className={classes['facts']}>
      {call.direction === 'in' && (
        <div>
          <dt>{t('card.waited')}</dt>
          <dd><Duration since={call.arrivedAt} until={call.answeredAt ?? call.endedAt} /></dd>
        </div>
      )}
      {call.service !== null && (
        <div>
          <dt>{t('card.service')}</dt>
          <dd>{readable(call.service)}</dd>
        </div>
      )}
      {(call.state === 'held' || call.endedAt !== null) && call.answeredAt !== null && (
        <div>
          <dt>{t('card.talk')}</dt>
          <dd><Duration since={call.answeredAt} until={call.endedAt} /></dd>
        </div>
      )}
    </dl>
  );
}

/** Said in every case while the call is recorded. */
export function Rec({ call }: { readonly call: LiveCall }) {
  const { t } = useTranslation(['banner', 'common']);
  const paused = call.recordingPaused;
  if (call.recording !== 'running') return null;
  const text = paused ? t('card.recordingPaused') : t('card.recording');
  return (
    <span className={classes['rec']} data-paused={paused || undefined} title={text}>
      {paused ? <IconPlayerPauseFilled size={12} aria-hidden /> : <span className={classes['recDot']} aria-hidden />}
      <span aria-hidden>REC</span>
      <span className={classes['spoken']}>{text}</span>
    </span>
  );
}
