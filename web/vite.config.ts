import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// BANDEAU is where the development server finds a node to talk to.
const node = process.env['BANDEAU'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  // The server puts a fresh nonce in the place of this word, in each answer.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2023',
    // The first that know light-dark(): what is put in its place for older ones needs a
    // colour scheme declared in our own files, and it is the library that declares it.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // Our policy forbids data: URLs in scripts and styles, and inlined files would not be cached.
    assetsInlineLimit: 0,
    // Face by face, so that the banner loads neither the administration nor the supervision.
    chunkSizeWarningLimit: 500,
    modulePreload: { polyfill: false },
    // The libraries every page needs are one file: in pieces they compress worse, and each piece has headers of its own.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', tags: ['$initial'], test: /node_modules/ }] } } },
  },
  server: {
    proxy: {
      // The host stays as the page's, else the server takes its WebSocket for another site's.
      '/api': { target: node, ws: true },
      '/healthz': { target: node },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    // Whole forms are rendered; beside other work that takes its time. A test waits on conditions, so this is a bound.
    testTimeout: 30_000,
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
});
