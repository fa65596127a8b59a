import { expect, test, vi } from 'vitest';

import { installPolicy, styleText } from './trusted';

test('only text that cannot be markup passes', () => {
  expect(styleText('.a { color: red }')).toBe('.a { color: red }');
  expect(styleText('<img src=x onerror=alert(1)>')).toBeNull();
});

test('scripts never pass', () => {
  const createPolicy = vi.fn<(name: string, rules: Record<string, (text: string) => string | null>) => void>();
  installPolicy({ createPolicy });
  const rules = createPolicy.mock.calls[0]?.[1];
  expect(createPolicy.mock.calls[0]?.[0]).toBe('default');
  expect(rules?.['createScript']?.('1')).toBeNull();
  expect(rules?.['createScriptURL']?.('https://example.org/x.js')).toBeNull();
});
