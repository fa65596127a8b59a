import { useTranslation } from 'react-i18next';

import { Pair } from '../../../ui/Pair';
import classes from './Call.module.css';
import { Ground } from './OfferCard';
import { PassedTable } from './PassedTable';
import { at, headline, spoken, why } from './say';
import { passedOver, type Party, type Step } from './tell';

interface StepLineProps {
  readonly step: Step;
  readonly party: Party | undefined;
  readonly zone: string;
}

/** One step: what happened and why, and what else is known of it. */
export function StepLine({ step, party, zone }: StepLineProps) {
  const { t } = useTranslation('supervision');
  const { kind, reason, outcome, sipStatus } = step;
  // How an offer ended is its reason too.
  const said = reason !== '' && reason !== outcome && kind !== 'observed' && kind !== 'observes';
  return (
    <>
      <h3 className={classes['headline']}>{headline(t, step, party)}</h3>
      {kind === 'ended' && <Ending step={step} />}
      {(said || sipStatus !== undefined) && (
        <p className={classes['why']}>
          {said && <span><Pair name={t('call.reason')} text={why(t, reason)} /></span>}
          {sipStatus !== undefined && <span className={classes['sip']}>{t('call.sip', { status: sipStatus })}</span>}
        </p>
      )}
      {kind === 'queued' ? <Queued step={step} zone={zone} /> : <Told step={step} zone={zone} />}
    </>
  );
}

/** How the call came out, and who ended it. */
function Ending({ step: { outcome, endedBy } }: { readonly step: Step }) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const how = outcomeOf(outcome);
  const who = (['caller', 'operator', 'system'] as const).find((one) => one === endedBy);
  return (
    <dl className={classes['grounds']}>
      {how && <Ground name={t('calls.outcome')}>{common(`outcome.${how}`)}</Ground>}
      {who && <Ground name={t('call.endedBy')}>{t(`endedBy.${who}`)}</Ground>}
    </dl>
  );
}

function outcomeOf(word: string | undefined) {
  return (['answered', 'abandoned', 'overflowed', 'no_answer', 'busy', 'failed', 'refused'] as const).find((one) => one === word);
}

/** How it stood in the group when the caller came: his place, and why nobody could take the call at once. */
function Queued({ step, zone }: { readonly step: Step; readonly zone: string }) {
  const { t } = useTranslation('supervision');
  const { position = 0, eligible = 0, until } = step;
  const passed = passedOver(step);
  return (
    <>
      {eligible > 0 && <p className={classes['why']}>{t('queue.free', { count: eligible })}</p>}
      {eligible === 0 && passed.length > 0 && <p className={classes['why']}>{t('queue.nobody')}</p>}
      {(position > 0 || until) && (
        <dl className={classes['grounds']}>
          {position > 0 && <Ground name={t('queue.position')}>{position}</Ground>}
          {until && <Ground name={t('queue.until')}>{at(until, zone)}</Ground>}
        </dl>
      )}
      <PassedTable caption={t('offer.couldNot')} passed={passed} />
    </>
  );
}

/** What else a step tells. */
function Told({ step, zone }: { readonly step: Step; readonly zone: string }) {
  const { t } = useTranslation('supervision');
  const { position = 0, estimatedWaitSeconds, until, tags = [] } = step;
  if (position === 0 && estimatedWaitSeconds === undefined && !until && tags.length === 0) return null;
  return (
    <dl className={classes['grounds']}>
      {position > 0 && <Ground name={t('queue.position')}>{position}</Ground>}
      {estimatedWaitSeconds !== undefined && <Ground name={t('queue.told')}>{spoken(estimatedWaitSeconds)}</Ground>}
      {until && <Ground name={t('planned')}>{at(until, zone)}</Ground>}
      {tags.length > 0 && <Ground name={t('call.tags')}><span translate="no">{tags.join(', ')}</span></Ground>}
    </dl>
  );
}
