import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Me } from '../../../api/session';
import { changeLanguage, loadWords, startWords } from '../../../i18n';
import { learnClock } from '../../../live/clock';
import { answerCall, becomeAvailable, finishWrapUp, mute, refuseCall } from './actions';
import { at, fakeCall, fakeMe, now } from './fake';
import { Post } from './post';

// No server: what is sent is noted, and answered as the test says.
let sent: string[] = [];
let refusing: string[] = [];
const said = vi.hoisted(() => vi.fn<(message: string) => void>());
vi.mock('../../../ui/toast', () => ({ said, refused: () => said('refused') }));

const call = fakeCall({ state: 'wrap_up', answeredAt: at(-60), endedAt: at(-1), ringUntil: null, answerable: false });
const wrapUp: Partial<Me> = { activity: 'wrap_up', calls: [call], wrapUpUntil: at(30) };

let post: Post;

beforeEach(async () => {
  await startWords();
  await loadWords('banner');
  await changeLanguage('fr');
  vi.useFakeTimers({ now });
  learnClock(new Date(now).toISOString());
  sent = [];
  refusing = [];
  said.mockClear();
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.split('/').at(-1) ?? '';
    const text = await request.text();
    sent.push(`${path} ${text}`.trim());
    return refusing.includes(path) ? Response.json({ title: 'Conflict', status: 409, code: 'wrong_state' }, { status: 409 }) : Response.json({});
  });
  vi.stubGlobal('WebSocket', class extends EventTarget {
    static readonly OPEN = 1;
    close(): void {
      // There is no line.
    }
  });
  post = new Post(fakeMe());
  post.start();
});

afterEach(() => {
  post.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const become = (change: Partial<Me>): void => post.line.me.set(fakeMe(change));
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('what is written about a call', () => {
  test('is saved before wrap-up runs out, a tag that is half typed included', async () => {
    become(wrapUp);
    await vi.advanceTimersByTimeAsync(27_900);
    const { note, typed } = post.qualification(call);
    note.edit('Rappeler');
    typed.set('devis');
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(700);
    expect(sent.toSorted()).toEqual(['note {"text":"Rappeler"}', 'tags {"tags":["devis"]}']);
    become({});
    await settle();
    expect(post.unsaved.get()).toBeNull();
  });

  test('follows wrap-up that is extended', async () => {
    become(wrapUp);
    await vi.advanceTimersByTimeAsync(20_000);
    become({ ...wrapUp, wrapUpUntil: at(60) });
    await vi.advanceTimersByTimeAsync(37_500);
    post.qualification(call).note.edit('a');
    await vi.advanceTimersByTimeAsync(1100);
    expect(sent).toEqual(['note {"text":"a"}']);
  });

  test('is shown when the call went before it could be saved', async () => {
    become(wrapUp);
    const { tags, note } = post.qualification(call);
    tags.edit(['devis']);
    await tags.flush();
    note.edit('Rappeler demain');
    refusing = ['note'];
    become({});
    await settle();
    expect(post.unsaved.get()).toEqual({ tags: [], note: 'Rappeler demain' });
  });

  test('is saved when the page is closed', async () => {
    become(wrapUp);
    post.qualification(call).note.edit('a');
    globalThis.dispatchEvent(new Event('pagehide'));
    await settle();
    expect(sent).toEqual(['note {"text":"a"}']);
  });

  test.each([['finish', finishWrapUp, 'wrap-up'], ['available', becomeAvailable, 'presence']] as const)('is not left behind by %s unless that is asked again', async (_, leave, path) => {
    become(wrapUp);
    post.qualification(call).note.edit('Rappeler');
    refusing = ['note'];
    leave(post);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual(['note {"text":"Rappeler"}']);
    expect(said.mock.calls).toEqual([[expect.stringContaining('pas enregistrée')]]);
    leave(post);
    await settle();
    expect(sent.at(-1)).toContain(path);
    expect(said).toHaveBeenCalledOnce();
  });
});

describe('a press', () => {
  test('counts once for a call, and at once for the next one', async () => {
    refuseCall(post, 'c1');
    await settle();
    refuseCall(post, 'c1');
    refuseCall(post, 'c2');
    await settle();
    expect(sent).toEqual(['reject', 'reject']);
  });

  test('that takes another back is not the same press', async () => {
    mute(post, 'c1', true);
    await settle();
    mute(post, 'c1', true);
    mute(post, 'c1', false);
    await settle();
    expect(sent).toEqual(['mute {"on":true}', 'mute {"on":false}']);
  });

  test('answers before it opens the page of the call', () => {
    const order: string[] = [];
    vi.stubGlobal('fetch', () => {
      order.push('answer');
      return Promise.resolve(Response.json({}));
    });
    vi.spyOn(post.pop, 'open').mockImplementation(() => {
      order.push('page');
      return true;
    });
    answerCall(post, 'c1');
    expect(order).toEqual(['answer', 'page']);
  });
});

test('a log-out that is taken back is forgotten: a later end of the session is news', () => {
  const tell = (change: Partial<Me>): void => post.line.me.set(fakeMe({ activity: 'talking', calls: [fakeCall({ state: 'talking' })], ...change }));
  post.leaving.set(true);
  tell({ pending: { presence: 'logged_out', pauseType: null } });
  expect(post.leaving.get()).toBe(true);
  tell({ pending: null });
  expect(post.leaving.get()).toBe(false);
  // Carried out, it is his own doing.
  post.leaving.set(true);
  tell({ pending: { presence: 'logged_out', pauseType: null } });
  tell({ pending: null, presence: 'logged_out', activity: 'idle', calls: [] });
  expect(post.leaving.get()).toBe(true);
});
