import type { Locator, Page } from 'playwright-core';

/** Goes to something as people without a pointer do; fails where no key leads there. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const has = (): Promise<boolean> => target.evaluate((element) => element === document.activeElement);
  await target.waitFor();
  for (let steps = 0; steps < 120; steps++) {
    if (await has()) return;
    await page.keyboard.press(key);
  }
  throw new Error(`no key leads to ${String(target)}`);
}
