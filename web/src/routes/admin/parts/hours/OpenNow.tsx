import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { currentLanguage } from '../../../../i18n';
import { useSecond } from '../../../../live/ticker';
import { formatOf } from '../../../../ui/time';
import { centreQuery } from '../kinds';
import { Sign } from '../Sign';
import { exceptionsRule, holidaysRule, weekRule, type HoursValue } from './hours';
import classes from './hours.module.css';
import { instantOf, localOf, openness, type Local, type Openness } from './open';

const clockOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' } as const;
const dayOptions = { ...clockOptions, weekday: 'long', day: 'numeric', month: 'long' } as const;

/** A minute in words: without its day where that is today. */
function inWords(at: Local, today: number): string {
  return formatOf(currentLanguage(), at.day === today ? clockOptions : dayOptions).format(instantOf(at));
}

/** Whether the hours as they stand in the form make it open now, and until when. */
export function OpenNow({ hours }: { readonly hours: HoursValue }) {
  const { t } = useTranslation('admin');
  const zone = useQuery(centreQuery).data?.timeZone;
  const minute = Math.floor(useSecond() / 60);
  if (zone === undefined) return null;
  const broken = [weekRule(hours.weekly), holidaysRule(hours.holidays), exceptionsRule(hours.exceptions)].some((rule) => rule !== undefined);
  const now = localOf(minute * 60_000, zone);
  return (
    <div className={classes['now']}>
      <div aria-live="polite">
        {broken ? <Sign tone="waiting">{t('hours.broken')}</Sign> : <Words found={openness(hours, now)} today={now.day} />}
      </div>
      <span className={classes['clock']}>{t('hours.clock', { time: inWords(now, -1), zone })}</span>
    </div>
  );
}

function Words({ found: { open, cause, name, until }, today }: { readonly found: Openness; readonly today: number }) {
  const { t } = useTranslation('admin');
  const when = until && inWords(until, today);
  const why = cause === 'weekly' ? '' : name === '' ? t(`hours.causes.${cause}`) : `${t(`hours.causes.${cause}`)}, ${name}`;
  const next = open
    ? when === null ? t('hours.noClosing') : t('hours.closing', { when })
    : when === null ? t('hours.noOpening') : t('hours.opening', { when });
  return (
    <Sign tone={open ? 'good' : 'off'}>
      <strong>{open ? t('hours.open') : t('hours.closed')}</strong>
      {why !== '' && ` (${why})`} · {next}
    </Sign>
  );
}
