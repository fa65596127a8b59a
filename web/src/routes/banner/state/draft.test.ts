import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Draft } from './draft';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('is saved when the hand has rested for a second, once', async () => {
  const save = vi.fn(() => Promise.resolve());
  const draft = new Draft<string>('', save);
  draft.edit('Bon');
  await vi.advanceTimersByTimeAsync(900);
  draft.edit('Bonjour');
  expect(draft.state.get()).toBe('unsaved');
  await vi.advanceTimersByTimeAsync(999);
  expect(save).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(save.mock.calls).toEqual([['Bonjour']]);
  expect(draft.state.get()).toBe('saved');
  await draft.flush();
  expect(save).toHaveBeenCalledOnce();
});

test('is saved under a hand that never rests', async () => {
  const save = vi.fn(() => Promise.resolve());
  const draft = new Draft<string>('', save);
  for (let i = 1; i <= 11; i++) {
    draft.edit('x'.repeat(i));
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(save).toHaveBeenCalledOnce();
});

test('one request at a time, and the latest text last', async () => {
  const answers: (() => void)[] = [];
  const save = vi.fn<(text: string) => Promise<void>>(() => new Promise((resolve) => answers.push(resolve)));
  const draft = new Draft<string>('', save);
  draft.edit('a');
  void draft.flush();
  draft.edit('b');
  const done = draft.flush();
  expect(save.mock.calls).toEqual([['a']]);
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(save.mock.calls).toEqual([['a'], ['b']]);
  expect(draft.state.get()).toBe('saving');
  answers[1]?.();
  await done;
  expect(draft.state.get()).toBe('saved');
});

test('says that saving failed, keeps the text, and saves it when asked again', async () => {
  const save = vi.fn<(text: string) => Promise<void>>().mockRejectedValueOnce(new Error('away')).mockResolvedValue();
  const draft = new Draft<string>('', save);
  draft.edit('a');
  await draft.flush();
  expect([draft.state.get(), draft.text.get()]).toEqual(['failed', 'a']);
  await draft.flush();
  expect(draft.state.get()).toBe('saved');
});
