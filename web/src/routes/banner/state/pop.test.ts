import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { at, fakeCall, fakeMe } from './fake';
import { ScreenPop } from './pop';

type Kind = 'single' | 'multiple' | 'tab';

/** What a browser gives for a window: as much of it as is used. */
function fakeWindow() {
  return { closed: false, opener: globalThis as unknown, location: { replace: vi.fn<(url: string) => void>() } };
}

let allowed = true;
let windows: ReturnType<typeof fakeWindow>[] = [];
const open = vi.fn<(url: string, name: string, features: string) => unknown>(() => {
  if (!allowed) return null;
  const made = fakeWindow();
  windows.push(made);
  return made;
});

const page = (n: number): string => `https://crm.example.org/${n}`;
const ringing = (n: number, window: Kind = 'single', url = page(n)) =>
  fakeMe({ activity: 'ringing', calls: [fakeCall({ id: `c${n}`, screenPop: { url, window } })] });
const shown = (): string[] => windows.flatMap(({ location }) => location.replace.mock.calls.flat());

beforeEach(() => {
  sessionStorage.clear();
  allowed = true;
  windows = [];
  open.mockClear();
  vi.stubGlobal('open', open);
});

afterEach(() => vi.unstubAllGlobals());

describe('one window for all calls', () => {
  test('is opened with the post, and only navigated from then on', () => {
    const pop = new ScreenPop();
    pop.prepare({ window: 'single', incoming: true, outgoing: false });
    expect(open.mock.calls).toEqual([['/pop?language=fr', 'bandeau-pop', expect.stringContaining('popup')]]);
    allowed = false;
    pop.look(ringing(1));
    pop.look(ringing(2));
    expect(shown()).toEqual([page(1), page(2)]);
    expect(open).toHaveBeenCalledOnce();
    expect(pop.keptBack.get()).toBeNull();
  });

  test('is not opened where no page comes', () => {
    const pop = new ScreenPop();
    for (const window of ['none', 'multiple', 'tab'] as const) pop.prepare({ window, incoming: true, outgoing: true });
    pop.prepare({ window: 'single', incoming: false, outgoing: false });
    expect(open).not.toHaveBeenCalled();
  });

  test('that was closed comes back with the next click', () => {
    const pop = new ScreenPop();
    pop.prepare({ window: 'single', incoming: true, outgoing: true });
    Object.assign(windows[0] ?? {}, { closed: true });
    allowed = false;
    pop.look(ringing(1));
    expect(pop.keptBack.get()).toEqual({ call: 'c1', url: page(1), window: 'single' });
    allowed = true;
    pop.start();
    document.body.click();
    pop.stop();
    expect(shown()).toEqual([page(1)]);
    expect(pop.keptBack.get()).toBeNull();
  });
});

describe('a window or a tab for each call', () => {
  test.each([['multiple', expect.stringContaining('popup')], ['tab', '']] as const)('%s opens once, without a hold of the banner', (kind, features) => {
    const pop = new ScreenPop();
    pop.look(ringing(1, kind));
    pop.look(ringing(1, kind));
    expect(open.mock.calls).toEqual([['', '_blank', features]]);
    expect(windows[0]?.opener).toBeNull();
    // Nor once more after a reload.
    new ScreenPop().look(ringing(1, kind));
    pop.look(ringing(2, kind));
    expect(shown()).toEqual([page(1), page(2)]);
  });

  test('kept back opens with a click on the call, not beside it', () => {
    allowed = false;
    const pop = new ScreenPop();
    pop.look(ringing(1, 'multiple'));
    pop.look(ringing(1, 'multiple'));
    expect(open).toHaveBeenCalledOnce();
    allowed = true;
    pop.start();
    const [beside, stage, button] = ['p', 'section', 'button'].map((name) => document.createElement(name)) as [HTMLElement, HTMLElement, HTMLElement];
    stage.dataset['stage'] = '';
    stage.append(button);
    document.body.replaceChildren(beside, stage);
    beside.click();
    expect(shown()).toEqual([]);
    button.click();
    button.click();
    pop.stop();
    document.body.replaceChildren();
    expect(shown()).toEqual([page(1)]);
  });
});

test('a call that is over opens nothing new, and its link goes with it', () => {
  allowed = false;
  const pop = new ScreenPop();
  pop.look(ringing(1, 'tab'));
  const over = fakeCall({ id: 'c1', endedAt: at(0), screenPop: { url: page(1), window: 'tab' } });
  pop.look(fakeMe({ activity: 'wrap_up', calls: [over] }));
  expect(pop.keptBack.get()?.call).toBe('c1');
  pop.look(fakeMe());
  expect(pop.keptBack.get()).toBeNull();
  new ScreenPop().look(fakeMe({ activity: 'wrap_up', calls: [{ ...over, id: 'c2' }] }));
  expect(open).toHaveBeenCalledOnce();
});

test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'no address'])('%s is no page', (url) => {
  const pop = new ScreenPop();
  pop.look(ringing(1, 'tab', url));
  expect(open).not.toHaveBeenCalled();
  expect(pop.keptBack.get()).toBeNull();
});
