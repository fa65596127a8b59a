import './styles';

import { useFocusWithin, useMediaQuery } from '@mantine/hooks';
import { IconCloudOff } from '@tabler/icons-react';
import { useEffect, useState, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';

import type { UserMe } from '../../api/session';
import { currentLanguage } from '../../i18n';
import { useVersion } from '../../live/rows';
import { useValue } from '../../live/value';
import { Brand } from '../../ui/Brand';
import { useShortcut } from '../../ui/Shortcuts';
import { Empty, Loading } from '../../ui/States';
import { clockTime } from '../../ui/time';
import { LiveFloor, useLive } from './live';
import { useUser } from './user';
import { byName } from './groups/figures';
import { Clock } from './wallboard/Clock';
import { Controls } from './wallboard/Controls';
import { gridOf, pagesOf, turn } from './wallboard/rotation';
import { useAwake } from './wallboard/useAwake';
import classes from './wallboard/Wallboard.module.css';
import { WallGroup } from './wallboard/WallGroup';
import { WallTotals } from './wallboard/WallTotals';

const turnEvery = 10_000;

/** The groups on a screen at the wall. Each keeps its place, so that people know where to look. */
export function WallboardPage() {
  const user = useUser();
  return user && <LiveFloor><Board user={user} /></LiveFloor>;
}

function Board({ user }: { readonly user: UserMe }) {
  const { t } = useTranslation('supervision');
  const { t: common } = useTranslation();
  const { floor } = useLive();
  const connection = useValue(floor.connection);
  useVersion(floor.groups);
  useAwake();
  const portrait = useMediaQuery('(max-aspect-ratio: 1/1)', false, { getInitialValueInEffect: false });
  const ids = byName(floor.groups.all(), new Intl.Collator(currentLanguage(), { numeric: true }));
  const { columns, rows } = gridOf(ids.length, portrait);
  const pages = pagesOf(ids, columns * rows);
  const [wanted, setWanted] = useState(0);
  const [paused, setPaused] = useState(false);
  // Who is at the controls by keyboard is reading: the page does not turn under him.
  const [held, setHeld] = useState(false);
  const { ref: controls } = useFocusWithin<HTMLElement>({
    onFocus: ({ target }) => setHeld(target instanceof Element && target.matches(':focus-visible')),
    onBlur: () => setHeld(false),
  });
  const page = Math.min(wanted, pages.length - 1);
  const go = (by: number): void => setWanted(turn(page, by, pages.length));
  const pause = (): void => setPaused((now) => !now);

  useEffect(() => {
    if (paused || held || pages.length === 1) return;
    const timer = setTimeout(() => setWanted(turn(page, 1, pages.length)), turnEvery);
    return () => clearTimeout(timer);
  }, [paused, held, page, pages.length]);
  useEffect(() => {
    document.title = `${t('wallboard.title')} · Bandeau`;
  }, [t]);
  useShortcut('P', t(paused ? 'wallboard.go' : 'wallboard.pause'), pause, pages.length === 1);
  useShortcut('ArrowLeft', t('wallboard.previous'), () => go(-1), pages.length === 1);
  useShortcut('ArrowRight', t('wallboard.next'), () => go(1), pages.length === 1);

  return (
    <div className={classes['board']} data-stale={connection.state === 'stale'}>
      <a href="#content" className="skip">{common('skip')}</a>
      <header className={classes['top']}>
        <Brand name={false} />
        <h1 className={classes['centre']}>{user.centre.name}</h1>
        <Clock zone={user.centre.timeZone} />
      </header>
      {connection.state === 'stale' && (
        <p className={classes['stale']} role="status">
          <IconCloudOff aria-hidden className={classes['staleSign']} />
          {t('connection.stale', { time: clockTime(connection.at, user.centre.timeZone, true) })}
        </p>
      )}
      <main id="content" tabIndex={-1} className={classes['main']}>
        {ids.length === 0 && connection.state === 'connecting' && <Loading />}
        {ids.length === 0 && connection.state !== 'connecting' && <Empty title={t('groups.empty')} />}
        <ul className={classes['grid']} style={{ '--columns': columns, '--rows': rows } as CSSProperties}>
          {(pages[page] ?? []).map((id) => <WallGroup key={id} id={id} />)}
          {ids.length > 1 && ids.length < columns * rows && <WallTotals people={user.rights.operatorDetail} />}
        </ul>
      </main>
      <footer ref={controls} className={classes['bottom']}>
        <Controls page={page} pages={pages.length} paused={paused} pause={pause} turn={go} />
      </footer>
    </div>
  );
}
