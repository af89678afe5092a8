import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The SDK of Pulumi keeps state in the process that uses it. */
const WITH_PULUMI = ['tests/providers/pulumi/**/*.test.ts']
/** It puts another module in the place of Node's own. */
const WITH_ANOTHER_MODULE = ['tests/identity/http/rebinding.test.ts']
const APART = [...WITH_PULUMI, ...WITH_ANOTHER_MODULE]

/** On two processors, too: in a fifth of its time a file waits, for a cluster that starts or a connection that comes back. */
const WORKERS = 3

/** Files that take more than half a minute. */
export const LONG: readonly string[] = [
  'cli/drift-propose',
  'cli/output',
  'conformance/laws',
  'controller/control-plane',
  'controller/faults/watch-cut',
  'controller/sweep',
  'docs/run',
  'e2e/crash/crash',
  'e2e/install/install',
  'e2e/pull-requests/attacks',
  'e2e/pull-requests/competing',
  'e2e/pull-requests/flow',
  'e2e/pulumi/life',
  'e2e/pulumi/model',
  'e2e/quickstart/quickstart',
  'identity/pages/accessibility',
  'identity/push/approval',
  'model/life',
  'secrets/secrets',
].map((name) => `tests/${name}.test.ts`)

const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((file) => moduleId.endsWith(file))
const orderOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder

/** Begins with the files that take long, so that no worker is left alone with one in the end: a fresh checkout knows only sizes. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => orderOf(a) - orderOf(b) || Number(isLong(b)) - Number(isLong(a)))
  }
}

export default defineConfig({
  test: {
    globalSetup: 'tests/bundle.ts',
    setupFiles: ['tests/support/seed.ts', 'tests/support/compiled.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['tests/**/*.test.ts'],
          exclude: APART,
          // No module here keeps state, and half of the time of a run would go into loading them anew for each file.
          isolate: false,
          maxWorkers: WORKERS,
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
