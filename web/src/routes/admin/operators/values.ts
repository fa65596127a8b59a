import type { Schema } from '../../../api/client';
import type { Centre, Operator } from '../parts/kinds';

/** What the form holds of an operator: texts are never null, so that fields can be emptied. */
export interface Values {
  enabled: boolean;
  fullName: string;
  login: string;
  email: string;
  language: Operator['language'];
  /** '' while no phone is known: it is then asked for at login. */
  phone: { kind: '' | 'external' | 'centrex' | 'browser'; number: string; account: string | null; fallback: string; confirm: boolean };
  askPhoneAtLogin: boolean;
  allowPhoneChange: boolean;
  directNumber: string;
  callerId: { mode: Operator['callerId']['mode']; number: string | null };
  dialCountry: string;
  ringSeconds: number | null;
  retrySeconds: number | null;
  wrapUpSeconds: number | null;
  record: boolean;
  alwaysConnected: boolean;
  showWaiting: boolean;
  showNumbersInHistory: boolean;
  allowOutgoing: boolean;
  pauseAtLogin: boolean;
  logoutAt: string;
  persistentSession: boolean;
  idleLogoutMinutes: number | null;
  missedLogoutCount: number | null;
  silenceLogout: boolean;
  screenPop: { window: Operator['screenPop']['window']; incomingUrl: string; outgoingUrl: string };
}

/** A new operator with the defaults of the product and of the centre. */
export function newValues(centre: Pick<Centre, 'language' | 'dialCountry'>): Values {
  return {
    enabled: true,
    fullName: '',
    login: '',
    email: '',
    language: centre.language,
    phone: { kind: 'browser', number: '', account: null, fallback: '', confirm: false },
    askPhoneAtLogin: false,
    allowPhoneChange: false,
    directNumber: '',
    callerId: { mode: 'service', number: null },
    dialCountry: centre.dialCountry,
    ringSeconds: 25,
    retrySeconds: 30,
    wrapUpSeconds: null,
    record: false,
    alwaysConnected: false,
    showWaiting: true,
    showNumbersInHistory: true,
    allowOutgoing: true,
    pauseAtLogin: false,
    logoutAt: '23:59',
    persistentSession: false,
    idleLogoutMinutes: null,
    missedLogoutCount: null,
    silenceLogout: false,
    screenPop: { window: 'single', incomingUrl: '', outgoingUrl: '' },
  };
}

export function toValues(o: Operator): Values {
  return {
    enabled: o.enabled,
    fullName: o.fullName,
    login: o.login,
    email: o.email,
    language: o.language,
    phone: { kind: o.phone?.kind ?? '', number: o.phone?.number ?? '', account: o.phone?.account ?? null, fallback: o.phone?.fallback ?? '', confirm: o.phone?.confirm ?? false },
    askPhoneAtLogin: o.askPhoneAtLogin,
    allowPhoneChange: o.allowPhoneChange,
    directNumber: o.directNumber ?? '',
    callerId: o.callerId,
    dialCountry: o.dialCountry,
    ringSeconds: o.ringSeconds,
    retrySeconds: o.retrySeconds,
    wrapUpSeconds: o.wrapUpSeconds,
    record: o.record,
    alwaysConnected: o.alwaysConnected,
    showWaiting: o.showWaiting,
    showNumbersInHistory: o.showNumbersInHistory,
    allowOutgoing: o.allowOutgoing,
    pauseAtLogin: o.pauseAtLogin,
    logoutAt: o.logoutAt ?? '',
    persistentSession: o.persistentSession,
    idleLogoutMinutes: o.idleLogoutMinutes,
    missedLogoutCount: o.missedLogoutCount,
    silenceLogout: o.silenceLogout,
    screenPop: { window: o.screenPop.window, incomingUrl: o.screenPop.incomingUrl ?? '', outgoingUrl: o.screenPop.outgoingUrl ?? '' },
  };
}

/** A second one like this: what is a person's own is left empty. */
export function duplicated(o: Operator): Values {
  const values = toValues(o);
  return {
    ...values,
    enabled: true,
    fullName: '',
    login: '',
    email: '',
    directNumber: '',
    callerId: values.callerId.mode === 'direct' ? { mode: 'service', number: null } : values.callerId,
    phone: { ...values.phone, number: '', account: null, fallback: '' },
  };
}

/** A number outside is rung, where somebody else or a voicemail may answer. */
export function rungOutside({ kind, fallback }: Pick<Values['phone'], 'kind' | 'fallback'>): boolean {
  return kind === 'external' || (kind === 'browser' && fallback.trim() !== '');
}

/** What is sent; the addresses only by who may write them. */
export function toBody(v: Values, technical: boolean): Schema<'OperatorCreate'> {
  const { phone, callerId, screenPop, directNumber, logoutAt, ringSeconds, retrySeconds, ...plain } = v;
  return {
    ...plain,
    fullName: v.fullName.trim(),
    login: v.login.trim(),
    email: v.email.trim(),
    directNumber: directNumber.trim() || null,
    logoutAt: logoutAt.trim() || null,
    ...(ringSeconds !== null && { ringSeconds }),
    ...(retrySeconds !== null && { retrySeconds }),
    phone: phone.kind === '' ? null : {
      kind: phone.kind,
      number: phone.kind === 'external' ? phone.number.trim() : null,
      account: phone.kind === 'centrex' ? phone.account : null,
      fallback: phone.kind === 'browser' ? phone.fallback.trim() || null : null,
      confirm: rungOutside(phone) && phone.confirm,
    },
    callerId: { mode: callerId.mode, number: callerId.number?.trim() ? callerId.number.trim() : null },
    screenPop: {
      window: screenPop.window,
      ...(technical && { incomingUrl: screenPop.incomingUrl.trim(), outgoingUrl: screenPop.outgoingUrl.trim() }),
    },
  };
}
