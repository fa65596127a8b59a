import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import type { State } from '../src/ui/Status';
import type { Rig, SipCall } from './rig';
import type { Desk, Stage } from './stage';
import { wordsIn } from './words';

/** The button that shows how the operator stands. */
export function status(page: Page): Locator {
  return page.locator('button[data-state]').first();
}

export async function stands(page: Page, state: State): Promise<void> {
  await page.locator(`button[data-state="${state}"]`).first().waitFor();
}

/** Logs an operator in and takes up his post. */
export async function takePost(stage: Stage, login: string, options: Parameters<Stage['desk']>[2] = {}): Promise<Desk> {
  const desk = await stage.desk(login, '/banner', options);
  await desk.page.getByRole('button', { name: wordsIn[desk.person.language].banner.take.go }).click();
  await status(desk.page).waitFor();
  return desk;
}

/** The call that rings on somebody's phone or goes on there, the newest. */
export async function atPhone(rig: Rig, login: string, state: SipCall['state']): Promise<SipCall> {
  let found: SipCall | undefined;
  await expect.poll(async () => {
    found = (await rig.calls(`phone:${login}`)).at(-1);
    return found?.state;
  }, { timeout: 10_000, interval: 20 }).toBe(state);
  if (!found) throw new Error('no call');
  return found;
}

export async function becomes(rig: Rig, id: string, state: SipCall['state']): Promise<void> {
  await expect.poll(async () => (await rig.look(id)).state, { timeout: 10_000, interval: 20 }).toBe(state);
}

/** Waits until what a look finds is as wanted. */
export async function sees(what: () => Promise<unknown>, wanted: unknown): Promise<void> {
  await expect.poll(what, { timeout: 10_000, interval: 30 }).toEqual(wanted);
}
