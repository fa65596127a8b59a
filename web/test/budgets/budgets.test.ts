import { expect, test } from 'vitest';

import { median, noteWhen, workOf } from '../measure';
import { becomes, stands, takePost } from '../post';
import { Stage } from '../stage';
import { fr } from '../words';

// What the pages cost. The time of a machine that does other things besides is not
// theirs, so these are run by themselves (make budgets) and not with the tests.

const stage = Stage.forFile();

const ownEvents = 50; // ms from the SIP event to the page, the most
const calls = 20;

test(`his own calls are shown within ${ownEvents} ms`, async () => {
  const { page } = await takePost(stage, 'ines-moreau');
  const late: Record<string, number[]> = { ring: [], answer: [], end: [] };
  const note = async (what: string, state: string, fact: () => Promise<number>): Promise<void> => {
    const read = await noteWhen(page, `button[data-state="${state}"]`);
    const at = await fact();
    await stands(page, state as 'ringing');
    late[what]?.push((await read()) - at);
  };
  for (let n = 0; n < calls; n++) {
    let id = '';
    const phone = async () => (await stage.rig.calls('phone:ines-moreau')).at(-1);
    const before = await phone();
    await note('ring', 'ringing', async () => {
      ({ id } = await stage.rig.call({ to: stage.rig.group('Conseil').number, name: `Appel ${n}` }));
      await expect.poll(async () => (await phone())?.id, { interval: 10, timeout: 5000 }).not.toBe(before?.id);
      return (await phone())?.beganAt ?? 0;
    });
    await note('answer', 'talking', async () => {
      await page.getByRole('button', { name: fr.banner.card.answer }).click();
      await expect.poll(async () => (await phone())?.answeredAt ?? 0, { interval: 10, timeout: 5000 }).toBeGreaterThan(0);
      return (await phone())?.answeredAt ?? 0;
    });
    await note('end', 'available', async () => (await stage.rig.hangUp(id)).endedAt);
    await becomes(stage.rig, id, 'ended');
    // A key that comes again at once is taken for the same press.
    await page.waitForTimeout(1000);
  }
  for (const [what, times] of Object.entries(late)) {
    const worst = Math.max(...times);
    report(`${what}: median ${median(times).toFixed(0)} ms, worst ${worst.toFixed(0)} ms of ${times.length}`);
  }
  expect(Object.values(late).flat().filter((ms) => ms > ownEvents)).toEqual([]);
});

const operators = 500;
const seconds = 20;

test(`a floor of ${operators} operators takes at most 5 % of a core, and never 50 ms at a time`, async () => {
  await stage.rig.load({ operators, changesPerSecond: operators / 20, callers: 10 });
  const { page } = await stage.desk('claire-dubois', '/supervision');
  await expect.poll(() => page.getByRole('table').first().getAttribute('aria-rowcount').then(Number), { timeout: 20_000 }).toBeGreaterThan(operators);
  await page.waitForTimeout(3000); // what loading leaves to be done
  const before = await stage.rig.loadChanges();
  const { share, longTasks } = await workOf(page, seconds);
  const changes = ((await stage.rig.loadChanges()) - before) / seconds;
  await stage.rig.endLoad();
  report(`supervision of ${operators} operators, ${changes.toFixed(0)} changes a second: ${(share * 100).toFixed(1)} % of a core, ` +
    `${longTasks.length} tasks over 50 ms${longTasks.length > 0 ? ` (${longTasks.map((ms) => ms.toFixed(0)).join(', ')})` : ''}`);
  expect(changes).toBeGreaterThan(operators / 25);
  expect(share).toBeLessThanOrEqual(0.05);
  expect(longTasks).toEqual([]);
}, 300_000);

function report(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
