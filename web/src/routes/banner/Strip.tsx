import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconDialpad, IconHistory, IconNotes, IconPhoneIncoming, IconUsersGroup, type Icon } from '@tabler/icons-react';
import { memo, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../live/value';
import { useShortcut } from '../../ui/Shortcuts';
import { CallFacts } from './cards/CallWho';
import { PickUps, Qualify } from './later';
import { DialBox } from './parts/DialBox';
import { Groups } from './parts/Groups';
import { Heading } from './parts/Heading';
import { History } from './parts/History';
import { Notices } from './parts/Notices';
import { Tools, type ToolsProps } from './parts/Tools';
import { Stage } from './Stage';
import { callOf, cardOf, dialMode, dialShown } from './state/model';
import { useMe } from './state/post';
import { prefs } from './state/prefs';
import classes from './Strip.module.css';

type Part = 'sheet' | 'pickUps' | 'groups' | 'dial' | 'history';

/** Everything in one line across the page; what needs room opens below, one part at a time. */
export const Strip = memo(function Strip({ settings, changePhone }: ToolsProps) {
  const { t } = useTranslation(['banner', 'common']);
  const [chosen, setOpen] = useState<Part | null>(null);
  const call = useMe((me) => (cardOf(me) === 'talking' || cardOf(me) === 'wrapUp' ? callOf(me) : undefined));
  const dials = useMe(dialShown);
  const full = useMe((me) => dialMode(me) === 'full');
  const offered = useMe((me) => me.pickUps.length);
  const waiting = useMe((me) => me.groups.reduce((sum, group) => sum + (group.waiting ?? 0), 0));
  const { keys, keysOn } = useValue(prefs);
  const panel = useId();
  // A part that has nothing to show now is closed until it has again.
  const open = (chosen === 'sheet' && !call) || (chosen === 'pickUps' && offered === 0) || (chosen === 'dial' && !dials) ? null : chosen;
  useShortcut(keys.dial, t('keys.dial'), () => {
    flushSync(() => setOpen('dial'));
    document.getElementById('dial')?.focus();
  }, !keysOn || !dials || !full);

  const toggle = (part: Part, icon: Icon, label: string, count = 0): ReactNode => (
    <Toggle part={part} icon={icon} label={label} count={count} open={open === part} panel={panel} press={() => setOpen(open === part ? null : part)} />
  );
  const escape = (event: KeyboardEvent): void => {
    const { currentTarget: strip, target } = event;
    // What is typed in a menu or a dialogue comes here as well, though it stands elsewhere in the page.
    if (event.key !== 'Escape' || event.defaultPrevented || open === null || !(target instanceof Node) || !strip.contains(target)) return;
    if (document.getElementById(panel)?.contains(target)) strip.querySelector<HTMLElement>(`[data-opens="${open}"]`)?.focus();
    setOpen(null);
  };
  return (
    // Escape closes what is open, wherever the focus is in the strip.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div onKeyDown={escape}>
      <main id="content" tabIndex={-1} className={classes['main']}>
        <Heading />
        <div className={classes['bar']}>
          <Stage strip />
          <div className={classes['parts']}>
            {call && toggle('sheet', IconNotes, t('sheet'))}
            {offered > 0 && toggle('pickUps', IconPhoneIncoming, t('pickUp.short'), offered)}
            {toggle('groups', IconUsersGroup, t('groups.title'), waiting)}
            {dials && toggle('dial', IconDialpad, full ? t('dial.title') : t('dial.emergency'))}
            {toggle('history', IconHistory, t('history.short'))}
          </div>
          <div className={classes['tools']}><Tools strip settings={settings} changePhone={changePhone} /></div>
        </div>
        <div className={classes['below']}>
          <Notices changePhone={changePhone} />
          {open && (
            <section id={panel} className={classes['panel']} data-part={open} aria-labelledby={`${panel}-title`}>
              <VisuallyHidden component="h2" id={`${panel}-title`}>{titles(t)[open]}</VisuallyHidden>
              {open === 'sheet' && call && (
                <>
                  <CallFacts call={call} />
                  <Qualify key={call.id} call={call} />
                </>
              )}
              {open === 'pickUps' && <PickUps />}
              {open === 'groups' && <Groups />}
              {open === 'dial' && <DialBox />}
              {open === 'history' && <History />}
            </section>
          )}
        </div>
      </main>
    </div>
  );
});

function titles(t: (key: 'sheet' | 'pickUp.title' | 'groups.title' | 'dial.title' | 'history.title') => string): Record<Part, string> {
  return { sheet: t('sheet'), pickUps: t('pickUp.title'), groups: t('groups.title'), dial: t('dial.title'), history: t('history.title') };
}

interface ToggleProps {
  readonly part: Part;
  readonly icon: Icon;
  readonly label: string;
  readonly count: number;
  readonly open: boolean;
  readonly panel: string;
  readonly press: () => void;
}

function Toggle({ part, icon: Picture, label, count, open, panel, press }: ToggleProps) {
  return (
    <UnstyledButton className={classes['toggle']} data-opens={part} title={label} aria-expanded={open} aria-controls={open ? panel : undefined} onClick={press}>
      <Picture size={20} aria-hidden />
      <span className={classes['label']}>{label}</span>
      {count > 0 && <strong className={classes['count']}>{count}</strong>}
    </UnstyledButton>
  );
}
