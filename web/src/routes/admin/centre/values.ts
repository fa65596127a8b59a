import { api, type Schema } from '../../../api/client';
import type { Language } from '../../../i18n';
import type { Centre, Kind } from '../parts/kinds';

export interface CentreValues {
  readonly name: string;
  readonly language: Language;
  readonly timeZone: string;
  readonly dialCountry: string;
  readonly mainNumber: string | null;
  readonly recordingNotice: boolean;
  readonly showListening: boolean;
}

export function valuesOf({ name, language, timeZone, dialCountry, mainNumber, recordingNotice, showListening }: Centre): CentreValues {
  return { name, language, timeZone, dialCountry, mainNumber, recordingNotice, showListening };
}

export function bodyOf(values: CentreValues): Schema<'CentrePatch'> {
  return { ...values };
}

const never = (): Promise<never> => Promise.reject(new Error('there is one centre, which is neither made nor removed here'));

/** The one centre as a kind of record, so that it is changed as the others are. */
export const centreKind: Kind<Centre, Schema<'CentrePatch'>> = {
  name: 'centre-record',
  list: never,
  create: never,
  remove: never,
  get: () => api.GET('/api/v1/centre'),
  change: (_, body, header) => api.PATCH('/api/v1/centre', { params: { header }, body }),
};

/** The time zones the browser knows, and the one that is set. */
export function timeZones(now: string): readonly string[] {
  return [...new Set([now, 'UTC', ...Intl.supportedValuesOf('timeZone')])].toSorted();
}
