import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Customer } from '../customer';
import { axe, lookAt } from '../inspect';
import { sees, stands, status } from '../post';
import { proves } from '../proves';
import { Stage } from '../stage';
import { bannerWords, fr } from '../words';

const stage = Stage.forFile();
const camille = 'camille-martin';
const words = fr.banner.pop;
let customer: Customer;

beforeAll(async () => {
  customer = await Customer.open();
});
afterEach(() => customer.asked.splice(0));
afterAll(() => customer.close());

type Kind = 'none' | 'single' | 'multiple' | 'tab';

/** The technical team says what Camille's calls open. */
async function opens(window: Kind): Promise<void> {
  const query = 'caller={caller}&called={called}&who={operatorLogin}&group={groupName}&direction={direction}&call={callId}';
  const { response } = await stage.api.client.PATCH('/api/v1/operators/{id}', {
    params: { path: { id: stage.rig.person(camille).id } },
    body: { screenPop: { window, incomingUrl: `${customer.url}/in?${query}`, outgoingUrl: `${customer.url}/out?${query}` } },
  });
  expect(response.status).toBe(200);
}

interface Probe {
  readonly page: Page;
  /** What the page's attempts to open a window came to, in their order. */
  readonly attempts: boolean[];
  /** Waits until a window may be opened by a click only. */
  readonly calm: () => Promise<void>;
}

/**
 * Camille at her post. What the test asks of a page counts as a click for some seconds: so
 * the page tells by itself when that is over, and what came of each window.
 */
async function atPost(): Promise<Probe> {
  const { page } = await stage.desk(camille, 'about:blank');
  const attempts: boolean[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('window ')) attempts.push(message.text() === 'window true');
  });
  await page.addInitScript(() => {
    const open = globalThis.open.bind(globalThis);
    globalThis.open = (...given) => {
      const made = open(...given);
      console.debug(`window ${made !== null}`);
      return made;
    };
    setInterval(() => console.debug(navigator.userActivation.isActive ? 'awake' : 'calm'), 100);
  });
  await page.goto('/banner');
  await page.getByRole('button', { name: fr.banner.take.go }).click();
  await status(page).waitFor();
  await stands(page, 'available');
  const calm = async (): Promise<void> => {
    await page.waitForEvent('console', { predicate: (message) => message.text() === 'calm', timeout: 15_000 });
  };
  return { page, attempts, calm };
}

function ring(caller = '+33612345678') {
  return stage.rig.call({ to: stage.rig.group('Accueil').number, caller, name: 'Zoé Blanc' });
}

async function asked(count: number): Promise<URL> {
  await expect.poll(() => customer.asked.length, { timeout: 10_000, interval: 20 }).toBe(count);
  const last = customer.asked.at(-1);
  if (!last) throw new Error('nothing was asked for');
  return last;
}

/** The windows beside the banner. */
function others(page: Page): Page[] {
  return page.context().pages().filter((other) => other !== page);
}

async function dials(page: Page): Promise<void> {
  await page.getByLabel(fr.banner.dial.number).fill('06 12 34 56 00');
  await page.getByRole('button', { name: fr.banner.dial.go, exact: true }).click();
}

async function gone(page: Page, call: string): Promise<void> {
  await stage.rig.hangUp(call);
  await stands(page, 'available');
}

/** A call that rings while the browser opens nothing by itself: the link is there. */
async function ringsKeptBack({ page, attempts, calm }: Probe) {
  await calm();
  const before = attempts.length;
  const call = await ring();
  await expect.poll(() => attempts.length, { timeout: 10_000, interval: 20 }).toBe(before + 1);
  expect(attempts.at(-1)).toBe(false);
  await page.getByText(words.blocked).waitFor();
  const link = page.getByRole('link', { name: words.open });
  expect(await link.getAttribute('href')).toContain(`${customer.url}/in?caller=%2B33612345678`);
  return { call, link };
}

test('none: no call opens anything', async () => {
  proves('OP-06');
  await opens('none');
  const { page, attempts } = await atPost();
  const call = await ring();
  await stands(page, 'ringing');
  await gone(page, call.id);
  await dials(page);
  await stands(page, 'dialing');
  expect(others(page)).toEqual([]);
  expect([attempts, customer.asked]).toEqual([[], []]);
});

describe('one window for all calls', () => {
  test('is opened with the post, and shows the page of each call from its ringing on', async () => {
    proves('OP-06', 'OP-22', 'OP-23');
    await opens('single');
    const { page, attempts, calm } = await atPost();
    const [window] = others(page);
    if (!window) throw new Error('no window');
    await window.getByRole('heading', { name: words.here }).waitFor();
    await calm();
    const call = await ring();
    const first = await asked(1);
    expect([first.pathname, ...first.searchParams.values()]).toEqual([
      '/in', '+33612345678', stage.rig.group('Accueil').number, camille, 'Accueil', 'in', expect.stringMatching(/.+/),
    ]);
    await gone(page, call.id);
    await calm();
    const again = await ring('+33699887766');
    expect((await asked(2)).searchParams.get('caller')).toBe('+33699887766');
    await gone(page, again.id);
    await dials(page);
    await stands(page, 'dialing');
    const out = await asked(3);
    expect([out.pathname, out.searchParams.get('called'), out.searchParams.get('direction')]).toEqual(['/out', '+33612345600', 'out']);
    expect(others(page)).toEqual([window]);
    expect(attempts).toEqual([true]);
    expect(await page.getByText(words.blocked).count()).toBe(0);
  });

  test('is not loaded again when the banner is, and is found again for the next call', async () => {
    await opens('single');
    const { page, calm } = await atPost();
    const call = await ring();
    await asked(1);
    await stands(page, 'ringing');
    await page.reload();
    await stands(page, 'ringing');
    await gone(page, call.id);
    expect(customer.asked).toHaveLength(1);
    await calm();
    await ring('+33699887766');
    await asked(2);
    expect(others(page)).toHaveLength(1);
    expect(await page.getByText(words.blocked).count()).toBe(0);
  });

  test('that was closed comes back with the next click', async () => {
    await opens('single');
    const probe = await atPost();
    await others(probe.page)[0]?.close();
    await ringsKeptBack(probe);
    expect(customer.asked).toEqual([]);
    await probe.page.getByRole('button', { name: fr.banner.card.answer }).click();
    await asked(1);
    expect(others(probe.page)).toHaveLength(1);
    await probe.page.getByText(words.blocked).waitFor({ state: 'hidden' });
  });
});

describe('a window for each call', () => {
  test('opens with the answer where the browser keeps it back, and with the click that dials', async () => {
    proves('OP-06');
    await opens('multiple');
    const probe = await atPost();
    const { page } = probe;
    const { call } = await ringsKeptBack(probe);
    await page.getByRole('button', { name: fr.banner.card.answer }).click();
    await stands(page, 'talking');
    await asked(1);
    await page.getByText(words.blocked).waitFor({ state: 'hidden' });
    await page.reload();
    await stands(page, 'talking');
    await stage.rig.hangUp(call.id);
    await page.getByRole('button', { name: fr.banner.wrapUp.finish }).click();
    await stands(page, 'available');
    await dials(page);
    expect((await asked(2)).pathname).toBe('/out');
    const windows = others(page);
    expect(windows).toHaveLength(2);
    // What the customer's page could do with the banner: nothing.
    for (const window of windows) expect(await window.evaluate(() => globalThis.opener as unknown)).toBeNull();
  });
});

describe('a tab for each call', () => {
  test('opens with its link where the browser keeps it back, and with the click that dials', async () => {
    proves('OP-06');
    await opens('tab');
    const probe = await atPost();
    const { page } = probe;
    const { call, link } = await ringsKeptBack(probe);
    await link.click();
    await asked(1);
    await page.getByText(words.blocked).waitFor({ state: 'hidden' });
    await gone(page, call.id);
    await dials(page);
    expect((await asked(2)).pathname).toBe('/out');
    expect(others(page)).toHaveLength(2);
  });
});

test.each(['fr', 'en', 'it', 'es'] as const)('the window that waits says so in %s', async (language) => {
  for (const scheme of ['light', 'dark'] as const) {
    const { page } = await stage.visitor({ size: { width: 420, height: 600 }, scheme });
    await page.goto(`/pop?language=${language}`);
    await page.getByRole('heading', { name: bannerWords[language].pop.here }).waitFor();
    expect([await page.title(), await page.locator('html').getAttribute('lang')]).toEqual([`${bannerWords[language].pop.title} · Bandeau`, language]);
    expect([...await lookAt(page), ...await axe(page)]).toEqual([]);
  }
});

test('a page that is kept back is said without a fault, narrow, light and dark', async () => {
  await opens('tab');
  const probe = await atPost();
  await ringsKeptBack(probe);
  await probe.page.setViewportSize({ width: 360, height: 720 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await probe.page.emulateMedia({ colorScheme });
    await sees(() => lookAt(probe.page), []);
    expect(await axe(probe.page)).toEqual([]);
  }
});
