import i18next, { type TFunction } from 'i18next';

import { codeUnreachable, Problem } from '../api/client';
import common from '../locales/fr/common.json';

type Code = keyof typeof common.problem;

function isCode(code: string): code is Code {
  return code in common.problem;
}

/** What went wrong, for a person: by the code of the refusal, else by its status. */
export function problemText(t: TFunction, error: unknown): string {
  if (!(error instanceof Problem)) return t('problem.internal');
  if (error.status === 429 && error.retryAfter > 0) return t('tooMany', { count: Math.ceil(error.retryAfter / 60) });
  if (isCode(error.code)) return t(`problem.${error.code}`);
  if (error.code === codeUnreachable) return t('problem.unreachable');
  return error.status >= 500 || error.status === 0 ? t('problem.internal') : t('problem.refused');
}

/** The same outside of a component, as for a notification. */
export function problemNow(error: unknown): string {
  return problemText(i18next.t, error);
}
