import '@testing-library/jest-dom/vitest';
import { format } from 'node:util';

import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach, expect } from 'vitest';

// What React complains about (two children with one key, an update of what is gone) is a mistake of the page, or of the
// test. A test that means an error puts its own in the place of console.error.
const complain = console.error;
const complaints: string[] = [];
// When a busy machine gets to what a promise has brought is no mistake of anybody.
const timing = /not wrapped in act\(/;

beforeEach(() => {
  console.error = (...about: unknown[]): void => {
    complain(...about);
    const text = format(...about);
    if (!timing.test(text)) complaints.push(text);
  };
});

afterEach(() => {
  cleanup();
  expect(complaints.splice(0), 'what was complained about').toEqual([]);
});
