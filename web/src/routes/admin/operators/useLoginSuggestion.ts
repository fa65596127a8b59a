import { useEffect, useRef } from 'react';

import { answer, api } from '../../../api/client';

/** How long a name has to rest before a login is asked for. */
const rest = 300;

/**
 * Proposes a login for the name while nobody has typed one. Returns what the login's
 * field calls when it is typed in: from then on it is his, until he empties it.
 */
export function useLoginSuggestion(fullName: string, wanted: boolean, propose: (login: string) => void): (typed: string) => void {
  const his = useRef(false);
  const latest = useRef(propose);
  useEffect(() => {
    latest.current = propose;
  });
  const name = fullName.trim().slice(0, 100);
  useEffect(() => {
    if (!wanted || name === '' || his.current) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      answer(api.GET('/api/v1/login-suggestion', { params: { query: { fullName: name } }, signal: stop.signal })).then(
        ({ login }) => {
          if (!stop.signal.aborted && !his.current) latest.current(login);
        },
        // It is advice: without it he types one.
        () => undefined,
      );
    }, rest);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [name, wanted]);
  return (typed) => {
    his.current = typed.trim() !== '';
  };
}
