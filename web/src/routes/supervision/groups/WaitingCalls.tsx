import { IconBellRinging } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { Call } from '../../../live/floor';
import { useRow, useVersion } from '../../../live/rows';
import { Dot } from '../../../ui/Dot';
import { Duration } from '../../../ui/Duration';
import { readable } from '../../../ui/number';
import { CallLink } from '../calls/CallLink';
import { useLive } from '../live';
import part from '../Part.module.css';
import { Scroll } from '../Scroll';
import { waits } from './queues';
import classes from './WaitingCalls.module.css';

/** Longer lists are told as a number: nobody reads them. */
const shown = 50;

/** Who waits now, the longest first. */
export function WaitingCalls() {
  const { t } = useTranslation('supervision');
  const { floor } = useLive();
  useVersion(floor.calls);
  const calls = floor.calls.all().filter(waits).sort((a, b) => (a.arrivedAt < b.arrivedAt ? -1 : 1));
  return (
    <section className={part['part']} aria-labelledby="waiting-title">
      <div className={part['bar']}>
        <h2 id="waiting-title" className={part['title']}>{t('waiting.title')}</h2>
        <span className={classes['count']}>{calls.length}</span>
      </div>
      {calls.length === 0 && <p className={`${part['card']} ${classes['none']}`}>{t('waiting.none')}</p>}
      {calls.length > 0 && (
        <Scroll className={`${part['card'] ?? ''} ${classes['scroll'] ?? ''}`} label={t('waiting.title')}>
          <ol className={classes['list']}>
            {calls.slice(0, shown).map((call) => <WaitingCall key={call.id} call={call} />)}
            {calls.length > shown && <li className={classes['none']}>{t('waiting.more', { count: calls.length - shown })}</li>}
          </ol>
        </Scroll>
      )}
    </section>
  );
}

function WaitingCall({ call }: { readonly call: Call }) {
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const group = useRow(floor.groups, call.group);
  return (
    <li className={classes['call']} data-call={call.id}>
      <span className={classes['line']}>
        <CallLink id={call.id} className={classes['number']}>{call.caller ? readable(call.caller) : common('withheld')}</CallLink>
        <span className={classes['waited']}><Duration since={call.arrivedAt} /></span>
      </span>
      {call.callerName && <span className={classes['name']}>{call.callerName}</span>}
      <span className={classes['line']}>
        <span className={classes['group']}><Dot colour={group?.colour} /> <span>{group?.name}</span></span>
        {call.state === 'ringing' && (
          <span className={classes['rings']}>
            <IconBellRinging className={classes['bell']} role="img" aria-label={common('state.ringing')} />
            <span>{call.operator?.name}</span>
          </span>
        )}
      </span>
    </li>
  );
}
