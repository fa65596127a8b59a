import { ActionIcon, Skeleton, Text } from '@mantine/core';
import { IconPhone, IconPhoneIncoming, IconPhoneOutgoing, IconPhoneX, type Icon } from '@tabler/icons-react';
import { memo, useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';

import { Dot } from '../../../ui/Dot';
import { clockText } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { Empty, Failure } from '../../../ui/States';
import { clockTime, dayInWords } from '../../../ui/time';
import { callBack } from '../state/actions';
import { byDay, type Day } from '../state/days';
import { dialMode, groupOf, mayCallBack, mayDial, otherNumber, type HistoryCall } from '../state/model';
import { useBusy, useLine, useMe, usePost } from '../state/post';
import { prefs } from '../state/prefs';
import classes from './History.module.css';
import { useHistory } from './useHistory';

const icons: Record<HistoryCall['mine'], Icon> = { answered: IconPhoneIncoming, missed: IconPhoneX, out: IconPhoneOutgoing };

/** His last calls, newest first, each with the way to call back. */
export const History = memo(function History() {
  const { t } = useTranslation(['banner', 'common']);
  const zone = useMe((me) => me.centre.timeZone);
  // What happens to a call is shown first, and what it means for fifty old ones after that.
  const may = useDeferredValue(useMe((me) => (dialMode(me) === 'full' ? mayDial(me) : null)));
  const lost = useDeferredValue(useLine().state !== 'live');
  const { data, error, isPending, refetch } = useHistory();
  if (isPending) return <div className={classes['waiting']}>{[0, 1, 2].map((n) => <Skeleton key={n} height={40} />)}</div>;
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />;
  if (data.length === 0) return <Empty title={t('history.empty')} text={t('history.emptyText')} />;
  return (
    <div>
      {byDay(data, zone).map((day) => (
        <section key={day.day}>
          <h3 className={classes['day']}>{dayName(day, t)}</h3>
          <ul className={classes['list']}>
            {day.items.map((call) => <Line key={call.part.id} call={call} zone={zone} back={may === null ? 'never' : may && !lost ? 'now' : 'later'} />)}
          </ul>
        </section>
      ))}
    </div>
  );
});

function dayName(day: Day<HistoryCall>, t: (key: 'history.today' | 'history.yesterday') => string): string {
  return day.near ? t(`history.${day.near}`) : dayInWords(`${day.day}T00:00:00Z`, 'UTC');
}

/** What became of the call, in a word, where the icon alone would not say it. */
function useOutcome(call: HistoryCall): string {
  const { t } = useTranslation(['banner', 'common']);
  if (call.mine === 'missed') return t('history.missed');
  if (call.mine === 'answered') return t('history.answered');
  return call.outcome === null || call.outcome === 'answered' ? t('history.out') : `${t('history.out')} · ${t(`common:outcome.${call.outcome}`)}`;
}

interface LineProps {
  readonly call: HistoryCall;
  readonly zone: string;
  /** Whether he may call back: now, at another time, or not at all. */
  readonly back: 'now' | 'later' | 'never';
}

/** One call; rendered again only when something of its own changes. */
const Line = memo(function Line({ call, zone, back }: LineProps) {
  const { t } = useTranslation(['banner', 'common']);
  const post = usePost();
  const groupName = useMe((me) => groupOf(me, call.group)?.name);
  const groupColour = useMe((me) => groupOf(me, call.group)?.colour);
  const busy = useBusy(`back-${call.id}`);
  const outcome = useOutcome(call);
  const number = otherNumber(call);
  const shown = number === undefined ? t('history.hidden') : number === null ? t('common:withheld') : readable(number);
  const name = call.direction === 'in' ? call.callerName : null;
  const { part } = call;
  const lasted = part.answeredAt === null ? null : part.endedAt === null ? t('history.running') : clockText(part.talkSeconds);
  const Picture = icons[call.mine];
  const chosen = (): string | null => {
    const wanted = call.group ?? prefs.get().dialGroup;
    return post.line.me.get().groups.some((mine) => mine.id === wanted) ? wanted : null;
  };
  return (
    <li className={classes['line']}>
      <Picture size={20} className={classes['icon']} data-mine={call.mine} role="img" aria-label={outcome} />
      <div className={classes['words']}>
        <div className={classes['top']}>
          <span className={classes['name']} dir="auto">{name ?? shown}</span>
          <time className={classes['time']} dateTime={part.at}>{clockTime(part.at, zone)}</time>
        </div>
        <div className={classes['bottom']}>
          {name !== null && number !== undefined && <span>{shown}</span>}
          {groupColour !== undefined && <span className={classes['group']}><Dot colour={groupColour} /> {groupName}</span>}
          <span>{lasted ?? outcome}</span>
        </div>
        {(call.tags.length > 0 || call.note !== '') && (
          <Text className={classes['note']} size="sm" c="dimmed" lineClamp={2}>{[...call.tags.map((tag) => `#${tag}`), call.note].filter((part) => part !== '').join(' ')}</Text>
        )}
      </div>
      {back !== 'never' && mayCallBack(call) && (
        <ActionIcon size={36} variant="subtle" className={classes['back']} aria-busy={busy} disabled={back !== 'now'}
          aria-label={t('history.callBack', { who: name ?? shown })} title={t('history.callBack', { who: name ?? shown })}
          onClick={() => callBack(post, call.id, chosen())}>
          <IconPhone size={20} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
});
