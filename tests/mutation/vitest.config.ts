import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** The unit tests alone: no bundle, no servers. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['tests/reconciler/**/*.test.ts'],
    // Of the size of a plan, nothing else: they find what the others find, and take seconds each time.
    testNamePattern: /^(?!.*100,000)/,
    exclude: ['tests/reconciler/**/postgres.test.ts'],
    testTimeout: 60_000,
    maxWorkers: 1,
    // No module here keeps state, and most of the time of a run goes into loading them.
    isolate: false,
  },
})
