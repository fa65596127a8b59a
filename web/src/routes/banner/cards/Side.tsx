import { IconArrowsExchange, IconPhoneX, IconRouteAltRight, IconUserMinus, IconUsersPlus, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import { readable } from '../../../ui/number';
import { withSide, type SideAction } from '../state/actions';
import { otherParty, type CallSide, type LiveCall } from '../state/model';
import { useBusy, useLine, usePost } from '../state/post';
import { CallButton } from './CallButton';
import classes from './Side.module.css';

interface SideProps {
  readonly call: LiveCall;
  readonly side: CallSide;
}

/** Who else is in the call, and how each of them stands. */
export function SideParties({ call, side }: SideProps) {
  const { t } = useTranslation(['banner', 'common']);
  const { name, number } = otherParty(call);
  const first = name ?? (number ? readable(number) : t('common:withheld'));
  const second = side.to.name ?? (side.to.number ? readable(side.to.number) : t('common:withheld'));
  const together = side.kind === 'conference';
  const rings = side.state === 'ringing';
  const title = together ? t('side.conference') : side.kind === 'transfer' ? t('side.transferring') : t('side.consulting');
  // Until the other answers, and while a transfer is on its way, nobody talks.
  const front = rings || side.kind === 'transfer' ? null : side.front;
  const stands = (talks: boolean): string => (together ? t('side.together') : talks ? t('side.talking') : t('side.waits'));
  return (
    <section className={classes['side']} aria-label={title}>
      <h3 className={classes['title']} role="status">{title}</h3>
      <ul className={classes['parties']}>
        <Party who={first} how={stands(front === 'call')} front={together || front === 'call'} />
        <Party who={second} how={rings ? t('side.ringing') : stands(front === 'side')} front={together || front === 'side'} />
      </ul>
    </section>
  );
}

function Party({ who, how, front }: { readonly who: string; readonly how: string; readonly front: boolean }) {
  return (
    <li className={classes['party']} data-front={front || undefined}>
      <span className={classes['who']} title={who}>{who}</span>
      <span className={classes['how']}>{how}</span>
    </li>
  );
}

/** What can be done with the second party now. */
export function SideActions({ call, side }: SideProps) {
  const { t } = useTranslation(['banner', 'common']);
  const second = side.to.name ?? (side.to.number ? readable(side.to.number) : t('common:withheld'));
  if (side.kind === 'transfer') return <Act call={call} action="cancel" icon={IconPhoneX} text={t('side.takeBack')} />;
  if (side.kind === 'conference') {
    return (
      <>
        <Act call={call} action="cancel" icon={IconUserMinus} text={t('side.remove', { who: second })} />
        <Act call={call} action="complete" icon={IconRouteAltRight} text={t('side.leave')} />
      </>
    );
  }
  return (
    <>
      {side.state === 'talking' && <Act call={call} action="swap" icon={IconArrowsExchange} text={t('side.swap')} />}
      {side.state === 'talking' && <Act call={call} action="conference" icon={IconUsersPlus} text={t('side.join')} />}
      <Act call={call} action="complete" icon={IconRouteAltRight} text={t('side.complete')} />
      <Act call={call} action="cancel" icon={IconPhoneX} text={t('side.drop')} />
    </>
  );
}

function Act({ call, action, icon, text }: { readonly call: LiveCall; readonly action: SideAction; readonly icon: Icon; readonly text: string }) {
  const post = usePost();
  const lost = useLine().state !== 'live';
  const busy = useBusy(`${action}-${call.id}`);
  return <CallButton stacked icon={icon} text={text} busy={busy} disabled={lost} onClick={() => withSide(post, call.id, action)} />;
}
