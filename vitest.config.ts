import { defineConfig } from 'vitest/config'

/** The SDK of Pulumi keeps state in the process that uses it. */
const WITH_PULUMI = ['tests/providers/pulumi/**/*.test.ts']
/** It puts another module in the place of Node's own. */
const WITH_ANOTHER_MODULE = ['tests/identity/http/rebinding.test.ts']
const APART = [...WITH_PULUMI, ...WITH_ANOTHER_MODULE]

export default defineConfig({
  test: {
    globalSetup: 'tests/bundle.ts',
    setupFiles: ['tests/support/seed.ts', 'tests/support/compiled.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['tests/**/*.test.ts'],
          exclude: APART,
          // No module here keeps state, and half of the time of a run would go into loading them anew for each file.
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          include: APART,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
