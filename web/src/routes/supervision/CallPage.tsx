import './styles';

import { Link, useParams } from '@tanstack/react-router';
import { IconArrowLeft, IconBroadcast } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import type { UserMe } from '../../api/session';
import type { Call } from '../../live/floor';
import { useValue } from '../../live/value';
import { readable } from '../../ui/number';
import { Empty, Failure, Loading, Stale } from '../../ui/States';
import classes from './call/Call.module.css';
import { Facts } from './call/Facts';
import { Steps } from './call/Steps';
import { useCall } from './call/useCall';
import { Header } from './Header';
import { Listens } from './listening/Listens';
import { LiveFloor, useLive } from './live';
import page from './Page.module.css';
import part from './Part.module.css';
import { useUser } from './user';

/** One call, told: its facts, every step with its time and reason, and why each operator got it or did not. */
export function CallPage() {
  const user = useUser();
  const { id } = useParams({ from: '/supervision/calls/$id' });
  return user && <LiveFloor><Page key={id} id={id} user={user} /></LiveFloor>;
}

function Page({ id, user }: { readonly id: string; readonly user: UserMe }) {
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const connection = useValue(floor.connection);
  const zone = user.centre.timeZone;
  return (
    <>
      <a href="#content" className="skip">{common('skip')}</a>
      <Header user={user} within="calls" />
      <main id="content" tabIndex={-1} className={`${page['main']} ${classes['page']}`}>
        {connection.state === 'stale' && <Stale at={connection.at} zone={zone} />}
        <Told id={id} zone={zone} />
      </main>
      <Listens user={user} />
    </>
  );
}

/** The page's own part, without what is around it. */
export function Told({ id, zone }: { readonly id: string; readonly zone: string }) {
  const { t } = useTranslation('supervision');
  const { data, error, missing, refetch } = useCall(id);
  const title = useTitle(data?.call);
  useEffect(() => {
    document.title = `${title} · Bandeau`;
  }, [title]);
  return (
    <>
      <div className={classes['top']}>
        <Link to="/supervision" search={{ view: 'calls' }} className={classes['back']}>
          <IconArrowLeft size={16} aria-hidden />
          {t('call.back')}
        </Link>
        <div className={classes['heading']}>
          <h1 className={classes['title']}>{title}</h1>
          {data && data.call.state !== 'ended' && (
            <span className={classes['live']}><IconBroadcast size={16} aria-hidden /> {t('call.live')}</span>
          )}
        </div>
      </div>
      {missing && !data && <div className={part['card']}><Empty title={t('call.gone')} text={t('call.goneText')} /></div>}
      {error && !missing && !data && <Failure error={error} retry={() => void refetch()} />}
      {!error && !data && <Loading />}
      {data && (
        <div className={classes['columns']}>
          <section className={part['part']} aria-labelledby="facts-title">
            <h2 id="facts-title" className={part['title']}>{t('call.facts')}</h2>
            <div className={part['card']}><Facts call={data.call} zone={zone} /></div>
          </section>
          <section className={part['part']} aria-labelledby="steps-title">
            <h2 id="steps-title" className={part['title']}>{t('call.timeline')}</h2>
            <div className={part['card']}><Steps steps={data.steps} zone={zone} /></div>
          </section>
        </div>
      )}
    </>
  );
}

/** Whose call it is, as the page's name. */
function useTitle(call: Call | undefined): string {
  const { t } = useTranslation('supervision');
  if (!call) return t('call.title');
  const party = call.direction === 'out' ? call.called : call.caller;
  if (!party) return call.direction === 'out' ? t('call.title') : t('call.withheld');
  return t(call.direction === 'out' ? 'call.to' : 'call.from', { party: readable(party) });
}
