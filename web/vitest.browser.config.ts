import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Tests that drive a browser against the real program. The mode chooses what is run:
// the tests, the measurements that need a quiet machine, or the pictures of the documentation.
const common = { environment: 'node', testTimeout: 60_000, hookTimeout: 120_000 } as const;

/** Files of tests that run beside one another, so many at a time; then those of the next order. */
function together(name: string, include: string, exclude: string[], maxWorkers: number, groupOrder: number): TestProjectInlineConfiguration {
  return { test: { ...common, name, include: [include], exclude, maxWorkers, sequence: { groupOrder } } };
}

// Each file has a browser and a node of its own. Those that look at every screen keep a core busy each, and measure no
// time. The others mostly wait, for a second to pass or a phone to ring, and some of them say how long a thing may take:
// they come after, and no more of them at once than there are cores.
const look = 'test/browser/screens.*.test.ts';
const projects: Record<string, TestProjectInlineConfiguration[]> = {
  browser: [together('look', look, [], 2, 0), together('live', 'test/browser/*.test.ts', [look], 2, 1)],
  // One browser and one node at a time: what is measured is not the machine's load.
  budgets: [together('budgets', 'test/budgets/*.test.ts', [], 1, 0)],
  screens: [together('screens', 'test/screens/*.test.ts', [], 1, 0)],
};

// What takes long begins first: at the end nobody waits for one file alone.
const longest = ['network', 'sessions', 'callscreens', 'matrix', 'screenpop', 'listening', 'lost', 'phone'];

class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return place < 0 ? longest.length : place;
    };
    return Promise.resolve(files.toSorted((a, b) => rank(a) - rank(b)));
  }
}

export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: ['test/program.ts'],
    projects: projects[mode] ?? [],
    sequence: { sequencer: LongestFirst },
    reporters: mode === 'browser' ? ['default'] : ['verbose'],
  },
}));
