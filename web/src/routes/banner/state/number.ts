/** What may stand in a number as people write it. */
const written = /^[\d\s.()+*#/-]*$/;
const separators = /[\s.()/-]/g;

/** A number without what people put between its digits; "tel:" of a copied link goes too. */
export function dialled(text: string): string {
  return text.trim().replace(/^tel:/i, '').replaceAll(separators, '');
}

export type NumberCheck = 'empty' | 'characters' | 'short' | 'ok';

/** What can be said of a number without asking the server, which reads it in the operator's country. */
export function checkNumber(text: string): NumberCheck {
  const bare = text.trim().replace(/^tel:/i, '');
  if (bare === '') return 'empty';
  if (!written.test(bare) || bare.lastIndexOf('+') > 0) return 'characters';
  return dialled(bare).replaceAll(/\D/g, '').length < 2 ? 'short' : 'ok';
}
