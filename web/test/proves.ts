import { appendFileSync } from 'node:fs';

import { onTestFinished } from 'vitest';

/**
 * Says that a test would fail if these rules of the operator were broken. It is noted when the
 * test has passed, where the table of the rules is being made (make rules); else nothing happens.
 * Its title has to stand in the text as it is: no title made from values.
 */
export function proves(...rules: readonly string[]): void {
  const file = process.env['BANDEAU_PROOFS'];
  if (file === undefined || file === '') return;
  onTestFinished(({ task }) => {
    if (task.result?.state === 'pass') appendFileSync(file, rules.map((rule) => `${rule}\t${task.name}\n`).join(''));
  });
}
