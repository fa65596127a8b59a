import type { Page } from 'playwright-core';

/** The bytes of the bodies that come over the network, as they come, while something is loaded. */
export async function bytesOf(page: Page, load: () => Promise<void>): Promise<{ total: number; byFile: Map<string, number> }> {
  const session = await page.context().newCDPSession(page);
  const urls = new Map<string, string>();
  const byFile = new Map<string, number>();
  session.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, new URL(request.url).pathname));
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const file = urls.get(requestId) ?? requestId;
    byFile.set(file, (byFile.get(file) ?? 0) + encodedDataLength);
  });
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await load();
  await session.detach();
  return { total: [...byFile.values()].reduce((sum, bytes) => sum + bytes, 0), byFile };
}

/** The share of a core that the page's main thread takes, and its tasks over 50 ms, during some seconds. */
export async function workOf(page: Page, seconds: number): Promise<{ share: number; longTasks: number[] }> {
  const session = await page.context().newCDPSession(page);
  // The thread's own time: what other programs take of the core is not the page's.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const work = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  await page.evaluate(() => {
    const found: number[] = [];
    Object.assign(globalThis, { bandeauLongTasks: found });
    new PerformanceObserver((list) => found.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  });
  const [workBefore, before] = [await work(), performance.now()];
  await page.waitForTimeout(seconds * 1000);
  const [workAfter, after] = [await work(), performance.now()];
  const longTasks = await page.evaluate(() => (globalThis as unknown as { bandeauLongTasks: number[] }).bandeauLongTasks);
  await session.detach();
  return { share: (workAfter - workBefore) / ((after - before) / 1000), longTasks };
}

/**
 * Has the page note when something first matches a selector, to the millisecond of the
 * machine's clock, and returns what reads it: 0 while nothing has matched.
 */
export async function noteWhen(page: Page, selector: string): Promise<() => Promise<number>> {
  const name = `bandeauNote${Math.random().toString(36).slice(2)}`;
  await page.evaluate(([key, wanted]) => {
    const notes = globalThis as unknown as Record<string, number>;
    notes[key ?? ''] = 0;
    const look = (): void => {
      if (!document.querySelector(wanted ?? '')) return;
      notes[key ?? ''] = performance.timeOrigin + performance.now();
      observer.disconnect();
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    look();
  }, [name, selector]);
  return () => page.evaluate((key) => (globalThis as unknown as Record<string, number>)[key] ?? 0, name);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
