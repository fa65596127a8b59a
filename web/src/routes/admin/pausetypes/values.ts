import type { Schema } from '../../../api/client';
import { languages, type Language } from '../../../i18n';
import type { PauseType } from '../parts/kinds';

export interface PauseTypeValues {
  readonly names: Readonly<Record<Language, string>>;
  readonly colour: string;
  readonly maxMinutes: number | null;
  readonly productive: boolean;
  readonly login: boolean;
}

/** A centre has so many of them at most. */
export const mostPauseTypes = 50;

export const newPauseType: PauseTypeValues = {
  names: { fr: '', en: '', it: '', es: '' }, colour: '#475569', maxMinutes: null, productive: false, login: false,
};

export function valuesOf({ names, colour, maxMinutes, productive, login }: PauseType): PauseTypeValues {
  return { names, colour, maxMinutes, productive, login };
}

export function bodyOf(values: PauseTypeValues): Schema<'PauseTypeCreate'> {
  return { ...values };
}

/** Its name in a language, else in any that has one; empty for a type that is not shown. */
export function nameIn(language: Language, { names }: Pick<PauseType, 'names'>): string {
  return names[language] || (languages.map((other) => names[other]).find(Boolean) ?? '');
}

/** In the order they are offered in. */
export function ordered(types: readonly PauseType[]): readonly PauseType[] {
  return types.toSorted((a, b) => a.order - b.order);
}

interface Move {
  readonly id: string;
  readonly order: number;
}

export interface Moved {
  readonly types: readonly PauseType[];
  /** What has to be written for it. */
  readonly moves: readonly Move[];
}

/** The types with one of them at another place. */
export function moved(types: readonly PauseType[], from: number, to: number): Moved {
  const next = [...types];
  next.splice(to, 0, ...next.splice(from, 1));
  const placed = next.map((type, i) => ({ ...type, order: i + 1 }));
  const before = new Map(types.map(({ id, order }) => [id, order]));
  return { types: placed, moves: placed.filter(({ id, order }) => before.get(id) !== order).map(({ id, order }) => ({ id, order })) };
}
