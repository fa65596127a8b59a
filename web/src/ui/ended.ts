import common from '../locales/fr/common.json';

/** Why a session has ended, as the server says it. */
export type Reason = keyof typeof common.reason;

/** What the login page is told of the session that was there before: its reason where that is known. */
export type Ended = Reason | 'session';

export function isEnded(text: unknown): text is Ended {
  return typeof text === 'string' && (text === 'session' || text in common.reason);
}
