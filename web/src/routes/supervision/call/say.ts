import type { TFunction } from 'i18next';

import { currentLanguage, type Language } from '../../../i18n';
import type common from '../../../locales/fr/common.json';
import type words from '../../../locales/fr/supervision.json';
import { readable } from '../../../ui/number';
import { clockTime } from '../../../ui/time';
import { lengthOf, type Party, type Step } from './tell';

// The server's words in the person's language. A test of the program proves that it has no other words than these;
// an older page may meet a newer server all the same, and then shows the word itself.

type Section = 'why' | 'observe' | 'strategy' | 'step' | 'left' | 'exit' | 'offerEnd' | 'offerMark';
type Says = TFunction<'supervision'>;

type KeyOf<Of extends Section> = `${Of}.${Extract<keyof (typeof words)[Of], string>}`;

function lookUp(t: Says, section: Section, word: string, values: Record<string, string>): string | undefined {
  const key: string = `${section}.${word}`;
  const text: string = t(key as KeyOf<Section>, { ...values, defaultValue: '' });
  return text === '' || text === key ? undefined : text;
}

/** Why something happened. Several reasons come joined by a plus. */
export function why(t: Says, reason: string): string {
  const said = reason.split('+').map((one) => lookUp(t, 'why', one, {}) ?? one);
  return new Intl.ListFormat(currentLanguage(), { type: 'conjunction' }).format(said);
}

/** Why an operator was passed over. */
export function passedFor(t: TFunction, reason: string): string {
  return t(`passedOver.${reason as keyof typeof common.passedOver}`, { defaultValue: reason });
}

/** By what rule an operator was chosen. */
export function strategy(t: Says, { strategy: word, reason }: Step): string {
  return lookUp(t, 'strategy', word || reason, {}) ?? (word || reason);
}

/** How an offer ended, in a word. */
export function mark(t: Says, ending: Step | undefined): string {
  return lookUp(t, 'offerMark', ending ? (ending.outcome ?? '') : 'rings', {}) ?? ending?.outcome ?? '';
}

/** Whose end of the call it is, at the head of a sentence. */
export function partyText(t: Says, party: Party | undefined): string {
  switch (party?.is) {
    case 'caller': return t('call.theCaller');
    case 'operator': return party.name ? t('call.ownPhone', { name: party.name }) : t('call.operatorsPhone');
    case 'supervisor': return party.name ? t('call.aSupervisor', { name: party.name }) : t('call.theSupervisor');
    case 'called': return party.number ? t('call.theNumber', { number: readable(party.number) }) : t('call.theCalled');
    case undefined: return t('call.theCalled');
  }
}

/** What happened in a step, in a sentence. */
export function headline(t: Says, step: Step, party: Party | undefined): string {
  const values = {
    name: step.operator?.name || t('call.anOperator'), group: step.groupName || t('call.aGroup'), target: step.targetName || t('call.aGroup'),
    number: step.number ? readable(step.number) : '–', leg: partyText(t, party),
    user: step.user?.name || t('call.theSupervisor'),
    other: step.other?.name || (step.number && readable(step.number)) || step.targetName || t('call.somebody'),
  };
  const say = (section: Section, word: string): string => lookUp(t, section, word, values) ?? word;
  switch (step.kind) {
    case 'left_queue': return say('left', step.outcome ?? '');
    case 'overflowed': return say('exit', step.outcome || 'hangup');
    case 'observed':
    case 'observes': return say('observe', step.reason);
    case 'offer_ended': return say('offerEnd', step.outcome ?? '');
    case 'leg_rang': return party?.is === 'caller' ? t('callerLeg.rang') : say('step', step.kind);
    case 'leg_answered': return party?.is === 'caller' ? t('callerLeg.answered') : say('step', step.kind);
    case 'connected': return step.operator ? say('step', 'connected') : t('connectedOut');
    default: return say('step', step.kind);
  }
}

/** A length of time as people say it: "3 min 20 s". */
export function spoken(seconds: number, language: Language = currentLanguage()): string {
  return lengthOf(seconds)
    .map(({ unit, value }) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value).replaceAll(' ', '\u00a0'))
    .join(' ');
}

/** A place in a row: "2nd". */
export function ordinal(n: number, language: Language = currentLanguage()): string {
  switch (language) {
    case 'fr': return n === 1 ? '1er' : `${n}e`;
    case 'it': return `${n}º`;
    case 'es': return `${n}.º`;
    case 'en': return `${n}${{ one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' }[new Intl.PluralRules('en', { type: 'ordinal' }).select(n)]}`;
  }
}

/** The time of a step, to the second. */
export function at(instant: string, zone: string): string {
  return clockTime(instant, zone, true);
}
