import { useEffect, useMemo, useState } from 'react';

import { serverNow } from '../../../live/clock';
import { useSecond } from '../../../live/ticker';
import { logoutWarning } from '../state/model';
import { standingOf, type Standing } from '../state/notices';
import { useMe } from '../state/post';

/** How he stands, as far as a notice may come of it. */
export function useStanding(): Standing {
  const text = useMe(standingOf);
  return useMemo(() => JSON.parse(text) as Standing, [text]);
}

/** The instant of the render, which follows each second while a notice counts or is about to come. */
export function useNoticeTime({ logoutAt, ignoredUntil }: Standing): number {
  const near = useNear(logoutAt, logoutWarning);
  useSecond(near || ignoredUntil !== null);
  return serverNow();
}

/** Whether an instant is nearer than a span of milliseconds. */
function useNear(at: string | null, span: number): boolean {
  const [looks, look] = useState(0);
  useEffect(() => {
    if (at === null) return undefined;
    const left = Date.parse(at) - serverNow() - span;
    if (left < 0) return undefined;
    const timer = setTimeout(() => look((n) => n + 1), left + 1);
    return () => clearTimeout(timer);
  }, [at, span, looks]);
  return at !== null && Date.parse(at) - serverNow() <= span;
}
