import { useTranslation } from 'react-i18next';

import { useVersion } from '../../../live/rows';
import { Dot } from '../../../ui/Dot';
import { Duration } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { useLive } from '../live';
import part from '../Part.module.css';
import { waits } from './queues';
import classes from './WaitingCalls.module.css';

/** Longer lists are told as a number: nobody reads them. */
const shown = 50;

/** Who waits now, the longest first. */
export function WaitingCalls() {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const { floor } = useLive();
  useVersion(floor.calls);
  useVersion(floor.groups);
  const calls = floor.calls.all().filter(waits).sort((a, b) => (a.arrivedAt < b.arrivedAt ? -1 : 1));
  return (
    <section className={part['part']} aria-labelledby="waiting-title">
      <div className={part['bar']}>
        <h2 id="waiting-title" className={part['title']}>{t('waiting.title')}</h2>
        <span className={classes['count']}>{calls.length}</span>
      </div>
      <ol className={`${part['card']} ${classes['list']}`}>
        {calls.length === 0 && <li className={classes['none']}>{t('waiting.none')}</li>}
        {calls.slice(0, shown).map((call) => {
          const group = floor.groups.get(call.group ?? '');
          return (
            <li key={call.id} className={classes['call']} data-call={call.id}>
              <span className={classes['caller']}>
                <span className={classes['number']}>{call.caller ? readable(call.caller) : common('withheld')}</span>
                {call.callerName && <span className={classes['name']}>{call.callerName}</span>}
              </span>
              <span className={classes['waited']}><Duration since={call.arrivedAt} /></span>
              <span className={classes['group']}><Dot colour={group?.colour} /> <span>{group?.name}</span></span>
              <span className={classes['rings']}>
                {call.state === 'ringing' && (call.operator ? t('waiting.rings', { name: call.operator.name }) : common('state.ringing'))}
              </span>
            </li>
          );
        })}
        {calls.length > shown && <li className={classes['none']}>{t('waiting.more', { count: calls.length - shown })}</li>}
      </ol>
    </section>
  );
}
