import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

// Judges a page as it is shown: what no person should see, whatever the page is about.

/** Text that is cut off, text that nobody translated, and a page wider than its window. */
export function lookAt(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults = new Set<string>();
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) faults.add(`the page is ${root.scrollWidth} px wide in a window of ${root.clientWidth}`);

    const unfinished = (text: string): boolean =>
      /^[a-z][\w-]*(?:[.:][a-zA-Z][\w-]*)+$/.test(text) || /\{\{|\}\}|\bundefined\b|\bNaN\b|\[object |\bInvalid Date\b/.test(text);
    const judge = (text: string, where: string): void => {
      // Names of hosts, mails and log-ins look like keys; they are data and stand in code, inputs or what is marked as such.
      if (unfinished(text.trim())) faults.add(`${where}: "${text.trim().slice(0, 60)}" is not for people`);
    };
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
      if (element.closest('[translate="no"]')) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) judge(element.getAttribute(name) ?? '', name);
    }

    // Kept for screen readers alone: a box of a pixel, or one that is clipped away.
    const unseen = (element: Element): boolean => {
      for (let box: Element | null = element; box && box !== document.body; box = box.parentElement) {
        const frame = box.getBoundingClientRect();
        if (frame.width <= 2 || frame.height <= 2) return true;
      }
      return false;
    };
    const hides = (style: CSSStyleDeclaration, axis: 'overflowX' | 'overflowY'): boolean => style[axis] === 'hidden' || style[axis] === 'clip';
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const parent = node.parentElement;
      if (text === '' || !parent || /^(SCRIPT|STYLE|NOSCRIPT|TITLE|OPTION)$/.test(parent.tagName)) continue;
      if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (!parent.closest('[translate="no"], code, input, textarea')) judge(text, 'text');
      const range = document.createRange();
      range.selectNodeContents(node);
      const rect = range.getBoundingClientRect();
      if (rect.width === 0 || unseen(parent)) continue;
      // What leads past the menus stands beside the page until it has the focus.
      if (parent.closest('.skip:not(:focus)')) continue;
      let lifted = false;
      for (let box: HTMLElement | null = parent; box && box !== document.body; box = box.parentElement) {
        const style = getComputedStyle(box);
        const frame = box.getBoundingClientRect();
        // What is placed absolutely is clipped from the box on that it is placed in.
        if (lifted && style.position === 'static') continue;
        lifted = style.position === 'absolute';
        // What can be scrolled to is not lost.
        if (/auto|scroll/.test(style.overflowX) || /auto|scroll/.test(style.overflowY)) break;
        const wide = hides(style, 'overflowX') && (rect.right > frame.right + 1 || rect.left < frame.left - 1);
        const tall = hides(style, 'overflowY') && (rect.bottom > frame.bottom + 2 || rect.top < frame.top - 2);
        if (!wide && !tall) continue;
        // Cut off with an ellipsis, and the whole of it at hand: meant.
        if (style.textOverflow === 'ellipsis' && parent.closest('[title], [aria-label]')) break;
        faults.add(`"${text.slice(0, 60)}" is cut off in <${box.tagName.toLowerCase()} class="${box.className}">`);
        break;
      }
    }
    return [...faults];
  });
}

let source: Promise<string> | undefined;

/** What axe finds serious or critical, by WCAG 2.2 AA. */
export async function axe(page: Page, coloursOnly = false): Promise<string[]> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // By the debugger's way in: the page's policy forbids script elements, and should.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await source);
  const options: RunOptions = {
    runOnly: coloursOnly ? ['color-contrast'] : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
    preload: false,
  };
  const { violations } = await page.evaluate(
    (given) => (globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run(given), options,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`));
}

const schemes = ['light', 'dark'] as const;

/** A width in a window as high as usual, or a window. */
type Size = number | readonly [width: number, height: number];

/**
 * Looks at a page at each size, light and dark; axe at the last of them. Says what should not be.
 * Colours move nothing: in the dark one size is enough, and of the rules those about contrast.
 */
export async function inspect(page: Page, what: string, sizes: readonly Size[]): Promise<string[]> {
  const faults: string[] = [];
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const size of scheme === 'light' ? sizes : sizes.slice(-1)) {
      const [width, height] = typeof size === 'number' ? [size, 900] : size;
      await page.setViewportSize({ width, height });
      await settled(page, scheme);
      for (const fault of await lookAt(page)) faults.push(`${what}, ${width} × ${height}, ${scheme}: ${fault}`);
      await keepPicture(page, `${what}, ${width}, ${scheme}`);
    }
    for (const fault of await axe(page, scheme === 'dark')) faults.push(`${what}, ${scheme}: ${fault}`);
  }
  return faults;
}

/** Where pictures of all that is looked at are kept, for somebody who wants to look as well. */
const album = process.env['ALBUM'];

async function keepPicture(page: Page, name: string): Promise<void> {
  if (album) await page.screenshot({ path: join(album, `${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.png`) });
}

/** Two frames after a change everything stands where it stays, and what fades has faded. */
export async function settled(page: Page, scheme: string): Promise<void> {
  await page.waitForFunction((wanted) => document.documentElement.dataset['mantineColorScheme'] === wanted, scheme);
  await page.evaluate(async () => {
    await new Promise<void>((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    });
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((animation) => animation.finished));
  });
}
