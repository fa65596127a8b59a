import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program under test, with the front end in it. */
    binary: string;
    /** The world around it, e2e/browser/rig. */
    rig: string;
  }
}

const run = promisify(execFile);

/** Builds the program under test and the world around it, once for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const web = join(import.meta.dirname, '..');
  if (!existsSync(join(web, 'dist/index.html'))) throw new Error('the front end is not built: make web');
  const dir = await mkdtemp(join(tmpdir(), 'bandeau-programs-'));
  const [binary, rig] = [join(dir, 'bandeau'), join(dir, 'rig')];
  await run('go', ['build', '-trimpath', '-o', binary, 'bandeau/cmd/bandeau'], { cwd: web });
  await run('go', ['build', '-trimpath', '-o', rig, 'bandeau/e2e/browser/rig'], { cwd: web });
  project.provide('binary', binary);
  project.provide('rig', rig);
  return () => rm(dir, { recursive: true, force: true });
}
