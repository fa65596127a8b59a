import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const place = '\u0000';

/** A name and what is said of it, with the signs the language sets between. Where both are plain text, the word "pair" does. */
export function Pair({ name, text }: { readonly name: ReactNode; readonly text: ReactNode }) {
  const { t } = useTranslation();
  const [before, between, after] = t('pair', { name: place, text: place }).split(place);
  return <>{before}{name}{between}{text}{after}</>;
}
