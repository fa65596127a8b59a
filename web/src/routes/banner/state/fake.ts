import type { Me } from '../../../api/session';
import { changeLanguage, loadWords, startWords } from '../../../i18n';
import { learnClock } from '../../../live/clock';
import type { HistoryCall, LiveCall } from './model';
import { changePrefs, defaults } from './prefs';

// For tests: an operator at his post, and calls, as the server describes them.

export const now = Date.parse('2026-03-02T09:00:00.000Z');

export function at(seconds: number): string {
  return new Date(now + seconds * 1000).toISOString();
}

/** A banner in French as it is first opened, at the instant of these tests. */
export async function freshBanner(): Promise<void> {
  localStorage.clear();
  changePrefs(defaults);
  await startWords();
  await loadWords('banner');
  await changeLanguage('fr');
  learnClock(new Date(now).toISOString());
}

export function fakeMe(change: Partial<Me> = {}): Me {
  return {
    id: 'o1', login: 'jdupont', fullName: 'Jeanne Dupont', language: 'fr',
    presence: 'available', pauseType: null, presenceSince: at(-600), pauseUntil: null, pauseOverran: false,
    activity: 'idle', activitySince: at(-60), pending: null, ignoredUntil: null, wrapUpUntil: null, logoutAt: null,
    phone: { kind: 'centrex', number: null, account: 'a1', fallback: null, state: 'reachable', browser: null },
    calls: [],
    pickUps: [],
    groups: [{ id: 'g1', name: 'Service client', colour: '#2f7bd0', waiting: 2, present: 3, mayStopRecording: false }],
    pauseTypes: [
      { id: 'p0', name: 'Connexion', colour: '#475569', maxMinutes: null, productive: false, login: true },
      { id: 'p1', name: 'Déjeuner', colour: '#c2410c', maxMinutes: 60, productive: false, login: false },
    ],
    rights: { outgoing: true, phoneChange: false },
    centre: { name: 'Assistance', timeZone: 'Europe/Paris' },
    screenPop: { window: 'none', incoming: false, outgoing: false },
    phoneOffered: null,
    mustChangePassword: false,
    ...change,
  };
}

export function fakeCall(change: Partial<LiveCall> = {}): LiveCall {
  return {
    id: 'c1', direction: 'in', state: 'ringing', caller: '+33612345678', callerName: 'Claire Martin', called: '+33170200200',
    service: '+33170200200', group: 'g1', operator: { id: 'o1', name: 'Jeanne Dupont' }, arrivedAt: at(-20), answeredAt: null, endedAt: null,
    waitSeconds: 20, talkSeconds: 0, outcome: null, endedBy: null, recording: 'none', tags: [], note: '',
    muted: false, ringsMine: true, ringUntil: at(20), answerable: true, numberHidden: false, screenPop: null,
    part: 'owner', side: null, lostUntil: null, recordingPaused: false, mayStopRecording: false, mayKeepRecording: false, recordingKept: false, observers: [],
    ...change,
  };
}

export function fakeLine(change: Partial<HistoryCall> = {}): HistoryCall {
  return {
    id: 'h1', direction: 'in', state: 'ended', caller: '+33612345678', callerName: null, called: '+33170200200', service: '+33170200200',
    group: 'g1', operator: null, arrivedAt: at(-300), answeredAt: at(-290), endedAt: at(-200), waitSeconds: 10, talkSeconds: 90,
    outcome: 'answered', endedBy: 'caller', recording: 'none', tags: [], note: '', mine: 'answered',
    // Each line has a part of its own, whatever call it is of.
    part: { id: `part of ${change.id ?? 'h1'}`, at: at(-295), answeredAt: at(-290), endedAt: at(-200), talkSeconds: 90 },
    ...change,
  };
}
