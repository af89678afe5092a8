import { fileURLToPath } from 'node:url'
import { report, timedCommand } from './measure.ts'
import { PLUMBLINE } from './plumbline.ts'

const TURNS = 5
/** 28 documents of every kind, in two environments. */
const PROJECT = fileURLToPath(new URL('../examples/acme', import.meta.url))
const SOURCES = [fileURLToPath(new URL('../bin/plumbline.mjs', import.meta.url))]
const VERSION = ['--version']
const VALIDATE = ['validate', '--project', PROJECT]

/** The least of several runs, in milliseconds: other work on the machine only adds to it. */
function least(runs: readonly { readonly seconds: number; readonly cpuSeconds: number }[]) {
  const ms = (values: readonly number[]): number => Math.round(Math.min(...values) * 1_000)
  return { wall: ms(runs.map((r) => r.seconds)), cpu: ms(runs.map((r) => r.cpuSeconds)) }
}

/** What is installed and the sources of a checkout in turns: on a machine whose speed changes only such numbers can be compared. */
async function beside(args: readonly string[]) {
  const [installed, sources]: Awaited<ReturnType<typeof timedCommand>>[][] = [[], []]
  for (let turn = 0; turn < TURNS; turn += 1) {
    installed?.push(await timedCommand(process.execPath, [...PLUMBLINE, ...args], PROJECT))
    sources?.push(await timedCommand(process.execPath, [...SOURCES, ...args], PROJECT))
  }
  return [least(installed ?? []), least(sources ?? [])] as const
}

const [version, versionOfSources] = await beside(VERSION)
const [validate, validateOfSources] = await beside(VALIDATE)
report({
  versionMs: version.wall,
  versionCpuMs: version.cpu,
  sourcesVersionCpuMs: versionOfSources.cpu,
  validateMs: validate.wall,
  validateCpuMs: validate.cpu,
  sourcesValidateCpuMs: validateOfSources.cpu,
})
