import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { readable } from '../../../ui/number';
import classes from './Call.module.css';
import { PassedTable } from './PassedTable';
import { at, mark, ordinal, spoken, strategy } from './say';
import { between, passedOver, type Step } from './tell';

interface OfferCardProps {
  readonly steps: readonly [Step, ...Step[]];
  readonly waitedSeconds: number;
  readonly endings: ReadonlyMap<number, Step>;
  readonly over: boolean;
  readonly zone: string;
}

/** Whom the call was offered to, why them, and why none of the others. */
export function OfferCard({ steps, waitedSeconds, endings, over, zone }: OfferCardProps) {
  const { t } = useTranslation('supervision');
  const [first] = steps;
  const { rank = 0, eligible = 0, idleSince, answeredToday, level = 0, until, phone, group } = first;
  const one = steps.length === 1;
  return (
    <div className={classes['offer']} data-offer>
      <div className={classes['offered']}>
        <h3 className={classes['headline']}>
          {one ? t('step.offered', { name: first.operator?.name || t('call.anOperator') }) : t('offer.together', { count: steps.length })}
        </h3>
        {one && <Mark ending={endings.get(first.leg ?? 0)} over={over} />}
      </div>
      {!one && (
        <ul className={classes['everyone']}>
          {steps.map((step) => (
            <li key={step.seq}>
              <span>{step.operator?.name || t('call.anOperator')}</span> <Mark ending={endings.get(step.leg ?? 0)} over={over} />
            </li>
          ))}
        </ul>
      )}
      <dl className={classes['grounds']}>
        <Ground name={t('offer.strategy')}>{strategy(t, first)}</Ground>
        {one && group && <Ground name={t('offer.place')}>{t('offer.of', { count: eligible, place: ordinal(rank) })}</Ground>}
        {level > 0 && <Ground name={t('offer.level')}>{level}</Ground>}
        {answeredToday !== undefined && <Ground name={t('offer.answered')}>{answeredToday}</Ground>}
        {idleSince && <Ground name={t('offer.idle')}>{spoken(between(idleSince, first.at))}</Ground>}
        {waitedSeconds > 0 && <Ground name={t('offer.waited')}>{spoken(waitedSeconds)}</Ground>}
        {one && phone?.number && <Ground name={t('offer.phone')}>{readable(phone.number)}</Ground>}
        {until && <Ground name={t('offer.until')}>{at(until, zone)}</Ground>}
      </dl>
      <PassedTable caption={t('offer.passed')} passed={passedOver(first)} />
    </div>
  );
}

/** One of the facts something was decided by. */
export function Ground({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes['ground']}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How the offer ended; nothing where the call is over and nobody told. */
function Mark({ ending, over }: { readonly ending: Step | undefined; readonly over: boolean }) {
  const { t } = useTranslation('supervision');
  if (!ending && over) return null;
  return <span className={classes['mark']} data-outcome={ending?.outcome ?? 'rings'}>{mark(t, ending)}</span>;
}
