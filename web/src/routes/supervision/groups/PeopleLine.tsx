import { IconCircleCheck, IconPencil, IconPhoneCall, IconPlayerPause, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

import type { People } from './figures';
import classes from './PeopleLine.module.css';

const kinds: readonly { readonly kind: Exclude<keyof People, 'loggedIn'>; readonly icon: Icon }[] = [
  { kind: 'available', icon: IconCircleCheck },
  { kind: 'inCall', icon: IconPhoneCall },
  { kind: 'wrapUp', icon: IconPencil },
  { kind: 'paused', icon: IconPlayerPause },
];

/** How many people are free, talk, write and pause; each with sign and word. */
export function PeopleLine({ people }: { readonly people: People }) {
  const { t } = useTranslation('supervision');
  return (
    <dl className={classes['line']}>
      {kinds.map(({ kind, icon: KindIcon }) => (
        <div key={kind} className={classes['kind']} data-kind={kind} data-none={people[kind] === 0}>
          <dt className={classes['label']}>{t(`people.${kind}`)}</dt>
          <dd className={classes['value']}>
            <KindIcon aria-hidden className={classes['icon']} />
            {people[kind]}
          </dd>
        </div>
      ))}
    </dl>
  );
}
