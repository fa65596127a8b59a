import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import common from '../../../locales/fr/common.json';
import { Duration } from '../../../ui/Duration';
import { Awaited, Failure } from '../../../ui/States';
import classes from './NextCall.module.css';
import { useNextCall, type Candidate, type Preview } from './useNextCall';
import type { Values } from './values';

/** So many are named of each list; the others are counted. */
const most = 10;

interface NextCallProps {
  /** The group that is edited, none for a new one. */
  readonly id?: string;
  readonly strategy: Values['strategy'];
  readonly members: Values['members'];
}

/** Who would get the next call of the group as it stands in the form, and what places each. */
export function NextCall({ id, strategy, members }: NextCallProps) {
  const { t } = useTranslation('admin');
  const query = useNextCall(id, strategy, members);
  if (members.length === 0) return <Text size="sm" c="dimmed">{t('groups.next.none')}</Text>;
  return (
    <Awaited query={query}>
      {(preview) => (
        <>
          {query.error !== null && <Failure error={query.error} retry={() => void query.refetch()} />}
          <Ranked preview={preview} />
        </>
      )}
    </Awaited>
  );
}

function Ranked({ preview }: { readonly preview: Preview }) {
  const { t } = useTranslation('admin');
  const { candidates, next, equallyLikely, strategy } = preview;
  const able = candidates.filter(({ rank }) => rank !== null);
  const others = candidates.filter(({ rank }) => rank === null);
  const first = able[0];
  const headline = !first ? t('groups.next.nobody')
    : next.length === 1 ? t('groups.next.one', { name: first.operator.name })
    : equallyLikely ? t('groups.next.chance', { count: next.length })
    : t('groups.next.together', { count: next.length });
  return (
    <div className={classes['next']}>
      {/* Said when somebody else comes first; what runs by the second is not. */}
      <p className={classes['headline']} aria-live="polite" data-next={next.join(' ')}>{headline}</p>
      {first && (
        <ol className={classes['list']} aria-label={t('groups.next.able')}>
          {able.slice(0, most).map((one) => (
            <li key={one.operator.id} data-first={next.includes(one.operator.id)}>
              <span className={classes['rank']}>{equallyLikely ? '≈' : one.rank}</span>
              <span className={classes['name']}>{one.operator.name}</span>
              <span className={classes['why']}><Why one={one} strategy={strategy} /></span>
            </li>
          ))}
          <More count={able.length - most} />
        </ol>
      )}
      {others.length > 0 && (
        <>
          <h3 className={classes['others']}>{t('groups.next.others')}</h3>
          <ul className={classes['list']} aria-label={t('groups.next.others')}>
            {others.slice(0, most).map((one) => (
              <li key={one.operator.id}>
                <span className={classes['name']}>{one.operator.name}</span>
                <span className={classes['why']}><Skip reason={one.reason} /></span>
              </li>
            ))}
            <More count={others.length - most} />
          </ul>
        </>
      )}
    </div>
  );
}

function More({ count }: { readonly count: number }) {
  const { t } = useTranslation('admin');
  return count > 0 && <li className={classes['more']}>{t('groups.next.more', { count })}</li>;
}

/** What puts somebody in his place. */
function Why({ one, strategy }: { readonly one: Candidate; readonly strategy: string }) {
  const { t } = useTranslation('admin');
  if (one.reason !== null) return <Skip reason={one.reason} />;
  const idle = <>{t('groups.next.idle')} <Duration since={one.idleSince} /></>;
  switch (strategy) {
    case 'fixed':
      return t('groups.next.place', { place: one.order });
    case 'random':
      return t('groups.next.likely');
    case 'rotating':
      return one.rank === 1 ? t('groups.next.turn') : t('groups.next.after', { count: (one.rank ?? 1) - 1 });
    case 'everyone':
      return t('groups.next.with');
    case 'fewest_calls':
      return <>{t('groups.next.answered', { count: one.answeredToday })} · {idle}</>;
    case 'skill':
      return <>{t('groups.next.level', { level: one.level })} · {idle}</>;
    default:
      return idle;
  }
}

const isSkip = (reason: string): reason is keyof typeof common.passedOver => reason in common.passedOver;

/** Why somebody cannot be offered the call, in the words of the supervision. */
function Skip({ reason }: { readonly reason: string | null }) {
  const { t } = useTranslation();
  return reason !== null && isSkip(reason) ? t(`passedOver.${reason}`) : null;
}
