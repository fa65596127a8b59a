import './styles';

import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import type { UserMe } from '../../api/session';
import { useValue } from '../../live/value';
import { Stale } from '../../ui/States';
import { ActivityPart } from './activity/ActivityPart';
import { CallsPart } from './calls/CallsPart';
import { GroupsPart } from './groups/GroupsPart';
import { TotalsStrip } from './groups/TotalsStrip';
import { WaitingCalls } from './groups/WaitingCalls';
import { Header } from './Header';
import { Listens } from './listening/Listens';
import { LiveFloor, useLive } from './live';
import { OperatorsPart } from './operators/OperatorsPart';
import classes from './Page.module.css';
import type { View } from './search';
import { useUser } from './user';

/** The supervision: the groups, who waits, the operators and the day, live. */
export function SupervisionPage() {
  const user = useUser();
  const { view = 'floor' } = useSearch({ from: '/supervision' });
  return user && <LiveFloor><Page user={user} view={view} /></LiveFloor>;
}

function Page({ user, view }: { readonly user: UserMe; readonly view: View }) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const connection = useValue(floor.connection);
  const title = view === 'floor' ? t('title') : t(`view.${view}`);
  useEffect(() => {
    document.title = `${title} · Bandeau`;
  }, [title]);
  return (
    <>
      <a href="#content" className="skip">{common('skip')}</a>
      <Header user={user} />
      <main id="content" tabIndex={-1} className={classes['main']}>
        <h1 className={classes['title']}>{title}</h1>
        {connection.state === 'stale' && <Stale at={connection.at} zone={user.centre.timeZone} />}
        {view !== 'activity' && view !== 'calls' && <TotalsStrip />}
        {view === 'activity' && <ActivityPart />}
        {view === 'calls' && <CallsPart />}
        {(view === 'floor' || view === 'groups') && (
          <div className={classes['queues']}>
            <GroupsPart />
            <WaitingCalls />
          </div>
        )}
        {(view === 'floor' || view === 'operators') && <OperatorsPart key={view} tall={view === 'operators'} />}
      </main>
      <Listens user={user} />
    </>
  );
}
