import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Floor } from './floor';

class FakeSource extends EventTarget {
  static made: FakeSource[] = [];
  closed = false;

  constructor(readonly url: string) {
    super();
    FakeSource.made.push(this);
  }

  close(): void {
    this.closed = true;
  }

  send(name: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

const at = '2026-01-05T09:00:00.000Z';
const snapshot = { seq: 7, at, groups: [{ id: 'g1', name: 'A' }], operators: [{ id: 'o1' }, { id: 'o2' }], calls: [] };
const none = { groups: [], operators: [], calls: [] };

/** A server that answers requests so. */
const answers = (status: number) => async (): Promise<Response> => Promise.resolve(new Response('{}', { status }));

let floor: Floor;

function source(): FakeSource {
  const last = FakeSource.made.at(-1);
  if (!last) throw new Error('no stream was opened');
  return last;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.made = [];
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('fetch', answers(200));
  floor = new Floor();
  floor.start();
});

afterEach(() => {
  floor.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('it is live with the first data, and follows', () => {
  source().dispatchEvent(new Event('open'));
  expect(floor.connection.get().state).toBe('connecting');
  source().send('snapshot', snapshot);
  expect(floor.connection.get().state).toBe('live');
  source().send('delta', { seq: 8, at, ...none, groups: [{ id: 'g1', name: 'B' }], removed: { ...none, operators: ['o2'] } });
  expect(floor.groups.get('g1')?.name).toBe('B');
  expect(floor.operators.ids()).toEqual(['o1']);
});

test('a lost stream is stale with the time of its data, and comes back after what was seen', async () => {
  source().send('snapshot', snapshot);
  source().dispatchEvent(new Event('error'));
  expect(floor.connection.get()).toMatchObject({ state: 'stale' });
  expect(floor.operators.ids()).toEqual(['o1', 'o2']);
  await vi.advanceTimersByTimeAsync(300);
  expect(FakeSource.made).toHaveLength(2);
  expect(source().url).toContain('after=7');
  // Nothing has happened: the server sends no data, and the open stream says so.
  source().dispatchEvent(new Event('open'));
  expect(floor.connection.get().state).toBe('live');
});

test('silence is a dead stream', async () => {
  source().send('snapshot', snapshot);
  // A ping that is late is none that is lost.
  await vi.advanceTimersByTimeAsync(18_000);
  source().send('ping', { at });
  await vi.advanceTimersByTimeAsync(18_000);
  expect(floor.connection.get().state).toBe('live');
  await vi.advanceTimersByTimeAsync(2100);
  expect(floor.connection.get().state).toBe('stale');
  expect(FakeSource.made).toHaveLength(1);
  expect(source().closed).toBe(true);
});

test('it gives up where the session has ended, and does not wake again', async () => {
  vi.stubGlobal('fetch', answers(401));
  source().send('snapshot', snapshot);
  source().dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(floor.connection.get().state).toBe('refused');
  expect(FakeSource.made).toHaveLength(1);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(FakeSource.made).toHaveLength(1);
});

test('a server that is away is asked each second, and its answer is the word to connect', async () => {
  source().send('snapshot', snapshot);
  const asked = vi.fn(async () => Promise.reject(new Error('no network')));
  vi.stubGlobal('fetch', asked);
  source().dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.mock.calls.length).toBeGreaterThanOrEqual(59);
  expect(asked.mock.calls.length).toBeLessThanOrEqual(61);
  vi.stubGlobal('fetch', answers(503)); // it starts
  await vi.advanceTimersByTimeAsync(5000);
  expect(FakeSource.made).toHaveLength(1);
  vi.stubGlobal('fetch', answers(200));
  await vi.advanceTimersByTimeAsync(1000);
  expect(FakeSource.made).toHaveLength(2);
  source().dispatchEvent(new Event('open'));
  expect(floor.connection.get().state).toBe('live');
});

test('a question that hangs is asked again', async () => {
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((time) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), time);
    return controller.signal;
  });
  source().send('snapshot', snapshot);
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('late')));
  }));
  source().dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(2000);
  vi.stubGlobal('fetch', answers(200));
  await vi.advanceTimersByTimeAsync(1500);
  expect(FakeSource.made).toHaveLength(2);
});

test('a stream that the server refuses is asked for less and less often', async () => {
  source().send('snapshot', snapshot);
  const gaps: number[] = [];
  for (let n = 0; n < 8; n++) {
    const [made, now] = [FakeSource.made.length, Date.now()];
    source().dispatchEvent(new Event('error'));
    while (FakeSource.made.length === made) await vi.advanceTimersByTimeAsync(50);
    gaps.push(Date.now() - now);
  }
  expect(gaps[0]).toBeLessThanOrEqual(300);
  expect(Math.min(...gaps.slice(6))).toBeGreaterThan(5000);
});

test('a connection that is made is given time for its data', async () => {
  await vi.advanceTimersByTimeAsync(5000);
  source().dispatchEvent(new Event('open'));
  await vi.advanceTimersByTimeAsync(15_000);
  source().send('snapshot', snapshot);
  expect([floor.connection.get().state, FakeSource.made.length]).toEqual(['live', 1]);
});

test('a connection that is never made is given up and begun anew', async () => {
  await vi.advanceTimersByTimeAsync(9900);
  expect(FakeSource.made).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(400);
  expect(FakeSource.made).toHaveLength(2);
  expect(FakeSource.made[0]?.closed).toBe(true);
  source().send('snapshot', snapshot);
  await vi.advanceTimersByTimeAsync(11_000);
  expect([floor.connection.get().state, FakeSource.made.length]).toEqual(['live', 2]);
});

test('once stopped it stays stopped, whatever was under way', async () => {
  let answer: (response: Response) => void = () => undefined;
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => {
    answer = resolve;
  }));
  source().send('snapshot', snapshot);
  source().dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(300); // asks whether the session lives
  floor.stop();
  answer(new Response('{}', { status: 200 }));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSource.made).toHaveLength(1);
  expect(source().closed).toBe(true);
});

test('a stream that was opened while the session was asked about is left alone', async () => {
  let answer: (response: Response) => void = () => undefined;
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => {
    answer = resolve;
  }));
  source().send('snapshot', snapshot);
  source().dispatchEvent(new Event('error'));
  await vi.advanceTimersByTimeAsync(300); // asks whether the session lives
  document.dispatchEvent(new Event('visibilitychange')); // and the page is shown again
  source().send('snapshot', snapshot);
  answer(new Response('{}', { status: 200 }));
  await vi.advanceTimersByTimeAsync(15_000);
  expect(FakeSource.made).toHaveLength(2);
  expect(source().closed).toBe(false);
  expect(floor.connection.get().state).toBe('live');
});
