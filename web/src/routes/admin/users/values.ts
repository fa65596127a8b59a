import type { Schema } from '../../../api/client';
import type { Language } from '../../../i18n';
import type { User } from '../parts/kinds';

export interface UserValues {
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly language: Language;
  readonly role: User['role'];
  readonly allGroups: boolean;
  readonly groups: readonly string[];
  readonly rights: User['rights'];
}

export function newUser(language: Language): UserValues {
  return {
    login: '', name: '', email: '', language, role: 'supervisor', allGroups: true, groups: [], rights: { operatorDetail: true, listen: false },
  };
}

export function valuesOf({ login, name, email, language, role, groups, rights }: User): UserValues {
  return { login, name, email: email ?? '', language, role, allGroups: groups === null, groups: groups ?? [], rights };
}

/** A name that is left empty becomes the login. */
export function bodyOf({ email, allGroups, groups, ...rest }: UserValues): Schema<'UserCreate'> {
  return { ...rest, email: email.trim() === '' ? null : email, groups: allGroups ? null : [...groups] };
}

/** The roles somebody may give: none above his own. */
export function rolesFor(own: string): readonly User['role'][] {
  return own === 'technical' ? ['supervisor', 'administrator', 'technical'] : ['supervisor', 'administrator'];
}
