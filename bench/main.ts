import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Numbers } from './measure.ts'

interface Bench {
  readonly name: string
  readonly about: string
  readonly targets: Targets
}

/** Bounds by the name of the number: one that may not be passed, or one that has to be reached. */
type Targets = Readonly<Record<string, Target>>
type Target = { readonly atMost: number } | { readonly atLeast: number }

const BENCHES: readonly Bench[] = [
  {
    name: 'validate',
    about: 'load and validate 10,000 documents, and kubeconform beside it',
    targets: { seconds: { atMost: 2 }, ratio: { atMost: 1.5 } },
  },
  {
    name: 'cli',
    about: 'start of the installed command line, and of the sources beside it',
    targets: { versionMs: { atMost: 150 }, validateCpuMs: { atMost: 500 } },
  },
  {
    name: 'review',
    about: 'review a branch of 1,000 documents, from them alone and with the plan; kustomize and kubeconform beside it',
    targets: { seconds: { atMost: 3 }, liveSeconds: { atMost: 10 }, forgeCalls: { atMost: 5 } },
  },
  { name: 'plan', about: 'plan 5,000 documents without a network', targets: { seconds: { atMost: 2 } } },
  {
    name: 'apply',
    about: 'apply 100,000 unchanged steps, one change in 10,000, and 1,000 creates on the embedded service',
    targets: { seconds: { atMost: 3 }, addedMiB: { atMost: 200 } },
  },
  { name: 'start', about: 'start the service until it is ready', targets: { seconds: { atMost: 1 } } },
  {
    name: 'pulumi',
    about: '`pulumi up` of 1,000 documents against a provider that does nothing',
    targets: { ratio: { atMost: 1.25 }, stateBytesPerResource: { atMost: 6 * 1024 } },
  },
  {
    name: 'controller',
    about: '`plumbline controller` with 10,000 objects (BENCH_OBJECTS), and a minimal one in Go beside it',
    targets: {
      mixedSweepSeconds: { atMost: 60 },
      mixedChangeP99Seconds: { atMost: 1 },
      mixedConvergePeakMiB: { atMost: 400 },
      mixedSweepPeakMiB: { atMost: 400 },
    },
  },
  {
    name: 'runtime',
    about: 'the identity service under load, with 100,000 users (BENCH_USERS) and 10,000 tenants (BENCH_TENANTS)',
    targets: {
      edDsaPerCore: { atLeast: 3_000 },
      rs256PerCore: { atLeast: 1_500 },
      passwordLoginsPerCore: { atLeast: 100 },
      scimEqIndexedMs: { atMost: 20 },
      scimEqOtherMs: { atMost: 20 },
      scimContainsMs: { atMost: 20 },
      idleMiB: { atMost: 150 },
      readySeconds: { atMost: 1 },
    },
  },
  {
    name: 'federation',
    about: 'an evaluation of the policy of a login, and signing in at another provider',
    targets: { policyMicroseconds: { atMost: 50 }, signInCpuMs: { atMost: 3 } },
  },
  {
    name: 'writers',
    about:
      '50 parallel writes to one SCIM group beside 50 in a row, on SQLite, PostgreSQL, and PostgreSQL with two replicas',
    targets: { sqliteRatio: { atMost: 1 }, postgresRatio: { atMost: 1 } },
  },
]

interface Result {
  readonly name: string
  readonly about: string
  readonly numbers: Numbers
  readonly targets: Targets
}

const RESULTS = new URL('results/', import.meta.url)

/** Each benchmark has a process of its own, so that none sees the memory or the warm code of another. */
async function run({ name, about, targets }: Bench): Promise<Result> {
  process.stderr.write(`${about} …\n`)
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
  const lines = Buffer.concat(chunks).toString().trim().split('\n')
  const numbers = JSON.parse(lines.at(-1) || '{}') as Numbers
  if (Object.keys(numbers).length === 0) throw new Error(`${name} ended without numbers`)
  return { name, about, numbers, targets }
}

function row({ name, numbers, targets }: Result): string {
  const shown = Object.entries(numbers).map(([key, value]) => `${key} ${rounded(value)}${verdict(value, targets[key])}`)
  return `${name.padEnd(10)} ${shown.join(', ')}`
}

/** Targets are about the default sizes; with others nothing is said about them. */
const OTHER_SIZES = Object.keys(process.env).filter((name) => name.startsWith('BENCH_'))

const rounded = (value: number): string => String(Number(value.toPrecision(3)))

function verdict(value: number, target: Target | undefined): string {
  if (target === undefined || OTHER_SIZES.length > 0) return ''
  const [bound, met] =
    'atMost' in target
      ? [`at most ${target.atMost}`, value <= target.atMost]
      : [`at least ${target.atLeast}`, value >= target.atLeast]
  return ` (${bound}: ${met ? 'met' : 'MISSED'})`
}

const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model, memoryGiB: Math.round(totalmem() / 2 ** 30) }

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !BENCHES.some((b) => b.name === name))
  if (unknown !== undefined) {
    process.stderr.write(`there is no benchmark ${unknown}; there are ${BENCHES.map((b) => b.name).join(', ')}\n`)
    process.exitCode = 1
    return
  }
  const results: Result[] = []
  for (const bench of BENCHES.filter((b) => names.length === 0 || names.includes(b.name))) {
    const result = await run(bench)
    results.push(result)
    process.stdout.write(`${row(result)}\n`)
  }
  mkdirSync(RESULTS, { recursive: true })
  const content = { date: new Date().toISOString(), node: process.version, machine, results }
  writeFileSync(new URL('latest.json', RESULTS), `${JSON.stringify(content, undefined, 2)}\n`)
}

await main(process.argv.slice(2))
