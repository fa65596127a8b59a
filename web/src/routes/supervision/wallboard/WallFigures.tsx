import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { LongestWait } from '../groups/Figure';
import classes from './Wallboard.module.css';

interface WallFiguresProps {
  readonly waiting: number;
  readonly since: string | null;
  readonly limit?: number;
  /** Null where the person may not see people. */
  readonly people: { readonly available: number; readonly loggedIn: number } | null;
  readonly level: ReactNode;
  readonly abandoned: number;
}

/** The figures that matter across a room. */
export function WallFigures({ waiting, since, limit, people, level, abandoned }: WallFiguresProps) {
  const { t } = useTranslation('supervision');
  return (
    <dl className={classes['figures']}>
      <div className={classes['huge']} data-long={waiting > 99}>
        <dt>{t('figures.waiting')}</dt>
        <dd>{waiting}</dd>
      </div>
      <div className={classes['big']}>
        <dt>{t('figures.longest')}</dt>
        <dd><LongestWait since={since} {...(limit !== undefined && { limit })} /></dd>
      </div>
      <div className={classes['big']}>
        <dt>{t('people.available')}</dt>
        <dd>{people ? <>{people.available}<span className={classes['of']}> / {people.loggedIn}</span></> : '–'}</dd>
      </div>
      <div className={classes['big']}>
        <dt>{t('figures.level')}</dt>
        <dd>{level}</dd>
      </div>
      <div className={classes['big']}>
        <dt>{t('figures.abandoned')}</dt>
        <dd>{abandoned}</dd>
      </div>
    </dl>
  );
}
