import { defineConfig } from 'vitest/config';

// Tests that drive a browser against the real program. The mode chooses what is run:
// the tests, the measurements that need a quiet machine, or the pictures of the documentation.
const files: Record<string, string> = {
  browser: 'test/browser/**/*.test.ts',
  budgets: 'test/budgets/**/*.test.ts',
  screens: 'test/screens/**/*.test.ts',
};

export default defineConfig(({ mode }) => ({
  test: {
    include: [files[mode] ?? files['browser'] ?? ''],
    environment: 'node',
    globalSetup: ['test/program.ts'],
    // One browser and one node at a time: what is measured is not the machine's load.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: mode === 'browser' ? ['default'] : ['verbose'],
  },
}));
