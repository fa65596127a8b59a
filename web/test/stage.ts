import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

import { Api } from './api';
import { Rig, type Person } from './rig';

/** Where pictures of failures go. */
const output = join(import.meta.dirname, 'output');

// What a browser logs when the server refuses something is no mistake of the page: the page shows it.
const answered = /^Failed to load resource: the server responded with a status of 4\d\d/;
// What it logs while there is no server.
const unanswered = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING|WebSocket connection to|status of 50[23]/;

/** One person's browser. */
export interface Desk {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly person: Person;
}

interface Manners {
  readonly size?: { readonly width: number; readonly height: number };
  readonly scheme?: 'light' | 'dark';
  /** False: the browser asks before a page uses the microphone. */
  readonly microphone?: boolean;
  /** What the browser speaks, French unless said. */
  readonly locale?: string;
}

/** A browser in a network of its own: what starts it, and the origin that it is to trust with a microphone although it is another machine's. */
interface Elsewhere {
  readonly executable: string;
  readonly origin: string;
}

// What of the browser itself the tests can do without. The last switch of a name counts, so this one repeats what Playwright
// turns off. The last two make a page of the browser's own for the list under its address bar, twice for each window.
const without = [
  'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'LensOverlay',
  'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'TcpPortRandomizationWin',
  'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch',
  'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup',
];

/** Starts the browser as every test and measurement does; what is said into its microphone is a matter of the test. */
export function launch(microphone?: string, elsewhere?: Elsewhere): Promise<Browser> {
  return chromium.launch({
    // Playwright would let every window open; people's browsers do not.
    ignoreDefaultArgs: ['--disable-popup-blocking'],
    executablePath: elsewhere?.executable ?? process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
      `--disable-features=${without.join(',')}`,
      ...(microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}`]),
      ...(elsewhere === undefined ? [] : [`--unsafely-treat-insecure-origin-as-secure=${elsewhere.origin}`]),
    ],
  });
}

/** A browser and a world of their own for the tests of a file. */
export class Stage {
  rig!: Rig;
  browser!: Browser;
  api!: Api;
  private readonly contexts: BrowserContext[] = [];
  private readonly mistakes: string[] = [];
  private serverMayGo = false;
  /** A sound file, as spoken into every microphone of this browser. */
  private microphone: string | undefined;
  private host: (() => string) | undefined;

  /** Opens and closes it with the file, and tidies up after each test. The node is at `host`, or on the loopback interface. */
  static forFile(microphone?: string, host?: () => string): Stage {
    const stage = new Stage();
    stage.host = host;
    stage.microphone = microphone;
    beforeAll(() => stage.open());
    afterEach(async ({ task }) => {
      await stage.tidy(task.result?.state === 'fail' ? task.name : undefined);
    });
    afterAll(() => stage.close());
    return stage;
  }

  async open(): Promise<void> {
    [this.rig, this.browser] = await Promise.all([Rig.start(this.host?.()), launch(this.microphone)]);
    this.api = await Api.login(this.rig.url, this.rig.person('tech-fr'));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.rig.stop();
  }

  /** A browser in which nobody is logged in. */
  async visitor(options: Manners = {}): Promise<{ page: Page; context: BrowserContext }> {
    const settings: BrowserContextOptions = {
      baseURL: this.rig.url,
      viewport: options.size ?? { width: 1440, height: 900 },
      colorScheme: options.scheme ?? 'light',
      locale: options.locale ?? 'fr-FR',
      timezoneId: 'Europe/Paris',
      reducedMotion: 'reduce',
      permissions: ['notifications', ...(options.microphone === false ? [] : ['microphone'])],
    };
    const context = await this.browser.newContext(settings);
    context.setDefaultTimeout(10_000);
    this.contexts.push(context);
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
    context.on('weberror', (error) => this.mistakes.push(`thrown: ${error.error().stack ?? error.error().message}`));
    context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const text = message.text();
      if (answered.test(text) || (this.serverMayGo && unanswered.test(text))) return;
      this.mistakes.push(`${message.type()}: ${text} (${message.location().url})`);
    });
    return { page: await context.newPage(), context };
  }

  /** Somebody's browser, logged in, at a page. */
  async desk(login: string, path: string, options: Manners = {}): Promise<Desk> {
    const person = this.rig.person(login);
    const { page, context } = await this.visitor(options);
    const answer = await context.request.post('/api/v1/login', { data: { login, password: person.password } });
    expect(answer.status(), `log-in of ${login}`).toBe(200);
    await page.goto(path);
    return { page, context, person };
  }

  /** From now on in this test the browser may complain that there is no server. */
  expectOutage(): void {
    this.serverMayGo = true;
  }

  /** What went wrong on any page since it was asked last. */
  takeMistakes(): string[] {
    return this.mistakes.splice(0);
  }

  private async tidy(failed: string | undefined): Promise<void> {
    if (failed !== undefined) await this.picture(failed);
    for (const context of this.contexts.splice(0)) await context.close();
    this.serverMayGo = false;
    const mistakes = this.takeMistakes();
    await this.rig.calm();
    await this.api.clearFloor();
    // Taken with the rest: what one test has done is not said of those after it.
    const complaints = this.rig.takeComplaints();
    expect(mistakes, 'what the pages complained about').toEqual([]);
    expect(complaints, 'what the program complained about').toEqual([]);
  }

  private async picture(name: string): Promise<void> {
    await mkdir(output, { recursive: true });
    const file = name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80);
    const pages = this.contexts.flatMap((context) => context.pages());
    for (const [i, page] of pages.entries()) await page.screenshot({ path: join(output, `${file}-${i}.png`) }).catch(() => undefined);
  }
}
