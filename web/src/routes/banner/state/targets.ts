import type { Schema } from '../../../api/client';
import { checkNumber, dialled } from './number';

export type Targets = Schema<'TransferTargets'>;

/** Without case and accents: what is typed in a hurry finds all the same. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase().trim();
}

/** Those of whom every word that is typed begins a word of the name. */
export function matching({ operators, groups }: Targets, typed: string): Targets {
  const wanted = plain(typed).split(/\s+/).filter((word) => word !== '');
  const fits = ({ name }: { readonly name: string }): boolean => {
    const words = plain(name).split(/[\s'-]+/);
    return wanted.every((start) => words.some((word) => word.startsWith(start)));
  };
  return { operators: operators.filter(fits), groups: groups.filter(fits) };
}

/** The number that is typed; null for what is none. */
export function numberIn(typed: string): string | null {
  return /\d/.test(typed) && checkNumber(typed) === 'ok' ? dialled(typed) : null;
}
