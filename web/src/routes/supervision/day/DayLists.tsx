import { IconPhoneIncoming, IconPhoneOutgoing, IconPhoneX, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '../../../api/client';
import { useRow } from '../../../live/rows';
import { Dot } from '../../../ui/Dot';
import { clockText } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { clockTime } from '../../../ui/time';
import { CallLink } from '../calls/CallLink';
import { useLive } from '../live';
import { Scroll } from '../Scroll';
import { By } from './By';
import classes from './Day.module.css';

interface SessionsProps {
  readonly sessions: readonly Schema<'DaySession'>[];
  readonly zone: string;
}

/** When he was logged in, and what ended it. */
export function Sessions({ sessions, zone }: SessionsProps) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  if (sessions.length === 0) return <p className={classes['none']}>{t('day.noSessions')}</p>;
  return (
    <ul className={classes['list']}>
      {sessions.toReversed().map((session) => (
        <li key={session.from} className={classes['session']}>
          <span className={classes['times']}>
            {clockTime(session.from, zone)} – {session.to ? clockTime(session.to, zone) : t('day.now')}
          </span>
          {session.reason
            ? <span className={classes['why']}>{common(`reason.${session.reason}`)} · <By actor={session.by} /></span>
            : <span className={classes['why']}>{t('day.running')}</span>}
        </li>
      ))}
    </ul>
  );
}

const icons: Record<Schema<'DayCall'>['mine'], Icon> = { answered: IconPhoneIncoming, missed: IconPhoneX, out: IconPhoneOutgoing };

interface CallsProps {
  readonly calls: readonly Schema<'DayCall'>[];
  /** The call he is in: the newest of its parts has no end yet. */
  readonly current: string | null;
  readonly zone: string;
}

/** His calls of the day, newest first. */
export function Calls({ calls, current, zone }: CallsProps) {
  const { t } = useTranslation('supervision');
  const running = current === null ? undefined : calls.find(({ call, mine }) => mine !== 'missed' && call?.id === current);
  if (calls.length === 0) return <p className={classes['none']}>{t('day.noCalls')}</p>;
  return (
    <Scroll className={classes['calls']} label={t('day.calls')}>
      <ul className={classes['list']}>
        {calls.map((part) => <CallLine key={part.at} part={part} running={part === running} zone={zone} />)}
      </ul>
    </Scroll>
  );
}

function CallLine({ part, running, zone }: { readonly part: Schema<'DayCall'>; readonly running: boolean; readonly zone: string }) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const { call, mine } = part;
  const group = useRow(floor.groups, call?.group);
  const number = call && (call.direction === 'out' ? call.called : call.caller);
  const MineIcon = icons[mine];
  return (
    <li className={classes['call']} data-mine={mine}>
      <MineIcon size={16} role="img" aria-label={t(`mine.${mine}`)} className={classes['mine']} />
      <span className={classes['times']}>{clockTime(part.at, zone)}</span>
      <span className={classes['party']}>
        {call === null
          ? <span className={classes['number']}>{t('day.otherGroup')}</span>
          : <CallLink id={call.id} className={classes['number']}>{number ? readable(number) : common('withheld')}</CallLink>}
        {call?.callerName && <span className={classes['why']}>{call.callerName}</span>}
      </span>
      <span className={classes['callGroup']}>{group && <><Dot colour={group.colour} /> {group.name}</>}</span>
      <span className={classes['lasted']}>{mine === 'missed' ? t('mine.missed') : running ? t('day.running') : clockText(part.talkSeconds)}</span>
    </li>
  );
}
