import { memo, useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../live/value';
import { Brand } from '../../ui/Brand';
import { useShortcut } from '../../ui/Shortcuts';
import classes from './Column.module.css';
import { PickUps } from './later';
import { DialBox } from './parts/DialBox';
import { Groups } from './parts/Groups';
import { Heading } from './parts/Heading';
import { History } from './parts/History';
import { Notices } from './parts/Notices';
import { Tools, type ToolsProps } from './parts/Tools';
import { Stage } from './Stage';
import { dialMode, dialShown } from './state/model';
import { useMe } from './state/post';
import { prefs } from './state/prefs';

/** One above the other; where there is room, the calls stand beside. */
export const Column = memo(function Column({ settings, changePhone }: ToolsProps) {
  const { t } = useTranslation(['banner', 'common']);
  const dials = useMe(dialShown);
  const grouped = useMe((me) => me.groups.length > 0);
  const full = useMe((me) => dialMode(me) === 'full');
  const offered = useMe((me) => me.pickUps.length > 0);
  const { keys, keysOn } = useValue(prefs);
  useShortcut(keys.dial, t('keys.dial'), () => document.getElementById('dial')?.focus(), !keysOn || !dials || !full);
  return (
    <div className={classes['column']}>
      <header className={classes['header']}>
        <Brand />
        <div className={classes['tools']}><Tools strip={false} settings={settings} changePhone={changePhone} /></div>
      </header>
      <main id="content" tabIndex={-1} className={classes['main']}>
        <div className={classes['desk']}>
          <Heading />
          <Notices changePhone={changePhone} />
          <Stage strip={false} />
          {dials && <Section title={t('dial.title')} hidden={!full}><DialBox /></Section>}
          {offered && <Section title={t('pickUp.title')}><PickUps /></Section>}
          {grouped && <Section title={t('groups.title')}><Groups /></Section>}
        </div>
        <Section title={t('history.title')}><History /></Section>
      </main>
    </div>
  );
});

interface SectionProps {
  readonly title: string;
  /** The heading is for those who do not see the page. */
  readonly hidden?: boolean;
  readonly children: ReactNode;
}

function Section({ title, hidden = false, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={hidden ? undefined : classes['section']}>
      <h2 id={id} className={hidden ? classes['unseen'] : classes['heading']}>{title}</h2>
      {children}
    </section>
  );
}
