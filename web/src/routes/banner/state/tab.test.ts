import { expect, test, vi } from 'vitest';

import { TabLock, type Tab } from './tab';

/** The Web Locks of a browser, as far as a banner uses them: one lock, its holder, and theft. */
class Locks {
  private holder: { readonly lose: (cause: Error) => void } | undefined;

  readonly request = async (_name: string, options: LockOptions, held: () => Promise<void>): Promise<void> => {
    if (this.holder && !options.steal) throw new DOMException('not in time', 'TimeoutError');
    this.holder?.lose(new DOMException('stolen', 'AbortError'));
    let lose: (cause: Error) => void = () => undefined;
    const stolen = new Promise<never>((_resolve, reject) => {
      lose = reject;
    });
    const mine = { lose };
    this.holder = mine;
    await Promise.race([held(), stolen]).finally(() => {
      if (this.holder === mine) this.holder = undefined;
    });
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test('one tab has the banner; another takes it, and the first says so', async () => {
  const locks = new Locks() as unknown as LockManager;
  const [first, second] = [vi.fn<(tab: Tab) => void>(), vi.fn<(tab: Tab) => void>()];
  const a = new TabLock(first, locks);
  const b = new TabLock(second, locks);
  a.ask();
  b.ask();
  await settle();
  expect([first.mock.calls, second.mock.calls]).toEqual([[['ours']], [['elsewhere']]]);
  b.take();
  await settle();
  expect(first).toHaveBeenLastCalledWith('elsewhere');
  expect(second).toHaveBeenLastCalledWith('ours');
});

test('a tab that has gone gives the banner back', async () => {
  const locks = new Locks() as unknown as LockManager;
  const a = new TabLock(() => undefined, locks);
  a.ask();
  a.stop();
  await settle();
  const told = vi.fn<(tab: Tab) => void>();
  new TabLock(told, locks).ask();
  await settle();
  expect(told.mock.calls).toEqual([['ours']]);
});

test('without locks the tab opened last has the banner', async () => {
  const [first, second] = [vi.fn<(tab: Tab) => void>(), vi.fn<(tab: Tab) => void>()];
  const a = new TabLock(first, null);
  a.ask();
  const b = new TabLock(second, null);
  b.ask();
  await vi.waitFor(() => expect(first).toHaveBeenLastCalledWith('elsewhere'));
  expect(second.mock.calls).toEqual([['ours']]);
  a.stop();
  b.stop();
});
