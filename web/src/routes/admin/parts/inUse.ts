import type { TFunction } from 'i18next';

import { Problem } from '../../../api/client';
import { readable } from '../../../ui/number';

const kinds = ['operator', 'group', 'number', 'centre', 'login_pause'] as const;
type User = (typeof kinds)[number];

const separators = new RegExp(`, (?=(?:${kinds.join('|')}) )`);

/** Who still uses a record, from the refusal "in use by group Sales, number +33170200200". */
export function usersOf(error: unknown): { readonly kind: User; readonly name: string }[] {
  if (!(error instanceof Problem) || error.code !== 'in_use') return [];
  return error.message.replace(/^in use by /, '').split(separators).flatMap((text) => {
    const kind = kinds.find((k) => text.startsWith(`${k} `));
    return kind === undefined ? [] : [{ kind, name: text.slice(kind.length + 1) }];
  });
}

/** The same as a sentence; empty when the refusal is another one. */
export function inUseText(t: TFunction<['admin', 'common']>, error: unknown): string {
  const names = usersOf(error).map(({ kind, name }) => t(`form.users.${kind}`, { name: kind === 'number' ? readable(name) : name }));
  return names.length === 0 ? '' : t('form.inUse', { users: names.join(' · ') });
}
