import { describe, expect, test } from 'vitest';

import type { Me } from '../../../api/session';
import type { Line } from '../../../live/banner';
import { at, fakeCall, fakeLine, fakeMe, now } from './fake';
import {
  callOf, cardOf, dialMode, dialShown, figureOf, limitOf, logoutNear, mayCallBack, mayDial, otherParty, pauseChoices, share,
} from './model';
import { noticesOf as noticesFrom, standingOf, type Standing } from './notices';

describe('what stands in the middle', () => {
  test.each([
    [{}, 'none'],
    [{ presence: 'paused' }, 'pause'],
    [{ activity: 'ringing' }, 'ringing'],
    // OP-10: a call rings although he is paused.
    [{ presence: 'paused', activity: 'ringing' }, 'ringing'],
    [{ activity: 'dialing' }, 'dialing'],
    [{ activity: 'talking' }, 'talking'],
    [{ activity: 'held' }, 'talking'],
    [{ activity: 'wrap_up' }, 'wrapUp'],
  ] as const)('%o is %s', (change, card) => {
    expect(cardOf(fakeMe(change))).toBe(card);
  });

  test('a call that has gone is shown no more', () => {
    const call = fakeCall();
    expect(callOf(fakeMe({ activity: 'talking', calls: [call] }))).toBe(call);
    expect(callOf(fakeMe({ calls: [call] }))).toBeUndefined();
  });
});

describe('the large figure', () => {
  test('is what runs out, where something does', () => {
    expect(figureOf(fakeMe({ activity: 'ringing', calls: [fakeCall()] }))).toEqual({ kind: 'until', at: at(20) });
    expect(figureOf(fakeMe({ activity: 'wrap_up', wrapUpUntil: at(30) }))).toEqual({ kind: 'until', at: at(30) });
    expect(figureOf(fakeMe({ activity: 'wrap_up' }))).toEqual({ kind: 'since', at: at(-60) });
  });

  test('is the call itself while they talk, the hold while it holds', () => {
    const call = fakeCall({ state: 'talking', answeredAt: at(-50) });
    expect(figureOf(fakeMe({ activity: 'talking', activitySince: at(-10), calls: [call] })).at).toBe(at(-50));
    expect(figureOf(fakeMe({ activity: 'held', activitySince: at(-10), calls: [call] })).at).toBe(at(-10));
  });

  test('is the time since the last change while he is idle, and the whole pause', () => {
    expect(figureOf(fakeMe()).at).toBe(at(-60));
    expect(figureOf(fakeMe({ presenceSince: at(-5) })).at).toBe(at(-5));
    expect(figureOf(fakeMe({ presence: 'paused' })).at).toBe(at(-600));
  });
});

test('the caller has a name, the called party only a number', () => {
  expect(otherParty(fakeCall())).toEqual({ name: 'Claire Martin', number: '+33612345678' });
  expect(otherParty(fakeCall({ direction: 'out', called: '+33145678901', callerName: null }))).toEqual({ name: null, number: '+33145678901' });
  expect(otherParty(fakeCall({ caller: null, callerName: null }))).toEqual({ name: null, number: null });
});

test('emergency numbers remain where nothing else may be dialled', () => {
  expect(dialMode(fakeMe())).toBe('full');
  expect(dialMode(fakeMe({ rights: { outgoing: false, phoneChange: false } }))).toBe('emergency');
  expect(dialMode(fakeMe({ groups: [] }))).toBe('emergency');
});

test('the dial box stays under the hand of who types when a call rings, and goes with the call', () => {
  expect(mayDial(fakeMe({ activity: 'wrap_up' }))).toBe(true);
  expect(mayDial(fakeMe({ activity: 'ringing' }))).toBe(false);
  expect(dialShown(fakeMe({ activity: 'ringing' }))).toBe(true);
  expect(dialShown(fakeMe({ activity: 'talking' }))).toBe(false);
});

test('a hidden number is called back by its call, a withheld one is not', () => {
  const hidden = fakeLine();
  delete hidden.caller;
  expect(mayCallBack(hidden)).toBe(true);
  expect(mayCallBack(fakeLine({ caller: null }))).toBe(false);
  expect(mayCallBack(fakeLine({ direction: 'out', caller: null }))).toBe(true);
});

test('the pause of the log-in is offered last', () => {
  expect(pauseChoices(fakeMe().pauseTypes).map(({ id }) => id)).toEqual(['p1', 'p0']);
});

test('what is left of a span goes from 1 to 0 and stays there', () => {
  expect(share(at(-10), at(30), now)).toBe(0.75);
  expect(share(at(5), at(30), now)).toBe(1);
  expect(share(at(-30), at(-10), now)).toBe(0);
  expect(share(null, at(10), now)).toBe(0);
});

test('a pause warns 30 s before its limit, and says that it has passed', () => {
  expect(limitOf({ pauseUntil: null, pauseOverran: false }, now)).toBe('none');
  expect(limitOf({ pauseUntil: at(31), pauseOverran: false }, now)).toBe('far');
  expect(limitOf({ pauseUntil: at(30), pauseOverran: false }, now)).toBe('near');
  expect(limitOf({ pauseUntil: at(0), pauseOverran: false }, now)).toBe('over');
  expect(limitOf({ pauseUntil: at(-5), pauseOverran: true }, now)).toBe('over');
});

test('a logout is announced in its last minute', () => {
  expect(logoutNear({ logoutAt: at(61) }, now)).toBe(false);
  expect(logoutNear({ logoutAt: at(60) }, now)).toBe(true);
  expect(logoutNear({ logoutAt: at(0) }, now)).toBe(false);
  expect(logoutNear({ logoutAt: null }, now)).toBe(false);
});

const noticesOf = (me: Me, line: Line, at: number) => noticesFrom(JSON.parse(standingOf(me)) as Standing, line, at);

describe('notices', () => {
  const live = { state: 'live' } as const;

  test('are none on a good day', () => {
    expect(noticesOf(fakeMe(), live, now)).toEqual([]);
  });

  test('say the gravest first, and that a call goes on', () => {
    const me = fakeMe({
      activity: 'talking', groups: [], logoutAt: at(30), ignoredUntil: at(10),
      phone: { kind: 'centrex', number: null, account: 'a1', fallback: null, state: 'unreachable', browser: null },
    });
    const notices = noticesOf(me, { state: 'lost', at: now }, now);
    expect(notices.map(({ kind }) => kind)).toEqual(['lost', 'logout', 'phone', 'noGroup', 'ignored']);
    expect(notices[0]).toMatchObject({ inCall: true });
  });

  test('forget what is over', () => {
    expect(noticesOf(fakeMe({ ignoredUntil: at(-1) }), live, now)).toEqual([]);
  });
});
