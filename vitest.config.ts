import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/bundle.ts',
    setupFiles: 'tests/support/seed.ts',
    testTimeout: 180_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // Many tests wait for servers and browsers: two at a time keep two cores busy.
    maxWorkers: 2,
  },
})
