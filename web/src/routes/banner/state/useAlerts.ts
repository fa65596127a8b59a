import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { useValue } from '../../../live/value';
import { readable } from '../../../ui/number';
import { callOf, groupOf, otherParty } from './model';
import { useMe } from './post';
import { prefs } from './prefs';
import { ringer } from './sound';
import { useRings } from './useRings';

const ringingIcon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#d9480f"/>'
  + '<path d="M10 8h4l2 5-2.5 1.5a11 11 0 0 0 5 5L20 17l5 2v4a2 2 0 0 1-2 2A15 15 0 0 1 8 10a2 2 0 0 1 2-2" fill="#fff"/></svg>',
)}`;

function iconLink(): HTMLLinkElement | null {
  return document.querySelector<HTMLLinkElement>('link[rel="icon"]');
}

/** A message of the system; undefined where there can be none. */
function notification(who: string, group: string): Notification | undefined {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted') return undefined;
  try {
    const shown = new Notification(who, { body: group, tag: 'bandeau-call', silent: true, requireInteraction: true });
    shown.addEventListener('click', () => {
      globalThis.focus();
      shown.close();
    });
    return shown;
  } catch {
    // A browser that lets only its workers do so: title and icon must do.
    return undefined;
  }
}

/** A call that rings is seen and heard from other windows: title, icon, notification, ring. */
export function useAlerts(title: string): void {
  const { t } = useTranslation(['banner', 'common']);
  const { notify, autoAnswer } = useValue(prefs);
  const mine = useMe((me) => me.phone.kind === 'browser');
  // What answers itself has a tone of its own.
  const ring = useRings() && !(mine && autoAnswer);
  const call = useMe((me) => (me.activity === 'ringing' ? callOf(me) : undefined));
  const group = useMe((me) => (me.activity === 'ringing' ? groupOf(me, callOf(me)?.group ?? null)?.name : undefined));
  const party = call ? otherParty(call) : null;
  const who = party ? (party.name ?? (party.number ? readable(party.number) : t('common:withheld'))) : '';
  const id = call?.id;

  useEffect(() => {
    document.title = `${title} · Bandeau`;
  }, [title]);

  useEffect(() => {
    if (id === undefined) return;
    const calm = document.title;
    const icon = iconLink();
    const calmIcon = icon?.href;
    const loud = `☎ ${who} · Bandeau`;
    let on = false;
    const flash = (): void => {
      on = !on;
      document.title = on ? loud : calm;
      if (icon && calmIcon) icon.href = on ? ringingIcon : calmIcon;
    };
    flash();
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = still ? undefined : setInterval(flash, 1000);
    return () => {
      clearInterval(timer);
      document.title = calm;
      if (icon && calmIcon) icon.href = calmIcon;
    };
  }, [id, who, title]);

  useEffect(() => {
    if (id === undefined || !ring) return;
    ringer.play();
    return () => ringer.stop();
  }, [id, ring]);

  useEffect(() => {
    if (id === undefined || !notify) return undefined;
    let shown: Notification | undefined;
    const show = (): void => {
      shown ??= notification(who, group ?? t('card.direct'));
    };
    // He may turn to another window while it rings.
    if (!document.hasFocus()) show();
    globalThis.addEventListener('blur', show);
    return () => {
      globalThis.removeEventListener('blur', show);
      shown?.close();
    };
  }, [id, notify, who, group, t]);
}
