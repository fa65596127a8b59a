import { useCallback, useMemo, useSyncExternalStore } from 'react';

import { currentLanguage } from '../../i18n';
import { useLive } from './live';

export interface GroupName {
  readonly id: string;
  readonly name: string;
}

/** The groups by name, for a list to choose from; figures that change do not draw it anew. */
export function useGroupNames(): readonly GroupName[] {
  const { floor } = useLive();
  const text = useSyncExternalStore(
    useCallback((reader) => floor.groups.subscribeAll(reader), [floor]),
    () => JSON.stringify(floor.groups.all().map(({ id, name }) => ({ id, name }))),
  );
  const language = currentLanguage();
  return useMemo(() => {
    const { compare } = new Intl.Collator(language, { numeric: true });
    return (JSON.parse(text) as GroupName[]).sort((a, b) => compare(a.name, b.name));
  }, [text, language]);
}
