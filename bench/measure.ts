import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What one benchmark found: name → number, with the unit in the name (`seconds`, `peakMiB`). */
export type Numbers = Readonly<Record<string, number>>

const KIB_PER_MIB = 1024

/** Wall time of `work`, and the processor time that it took: on a busy machine only the second one can be compared. */
export async function timed<T>(work: () => T | Promise<T>) {
  const [start, before] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, seconds: (performance.now() - start) / 1_000, cpuSeconds: (user + system) / 1_000_000 }
}

/** Highest resident memory of this process, in MiB. */
export const peakMiB = (): number => Math.round(process.resourceUsage().maxRSS / KIB_PER_MIB)

const BYTES_PER_MIB = 2 ** 20

/** Memory that this process has in use now, garbage included, in MiB. */
export function usedMiB(): number {
  const { heapUsed, external } = process.memoryUsage()
  return Math.round((heapUsed + external) / BYTES_PER_MIB)
}

/** The same without garbage. */
export function aliveMiB(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return usedMiB()
}

/** Hands the numbers to `main.ts`, which reads the last line of standard output. */
export const report = (numbers: Numbers): void => {
  process.stdout.write(`${JSON.stringify(numbers)}\n`)
}

/** Minutes and seconds as the shell writes them, e.g. `0m1.250s`. */
const TIMES = /(\d+)m([\d.]+)s/g

/** A program run to its end with its output thrown away: wall time, and processor time of it and what it starts. Throws unless it ends well. */
export async function timedCommand(command: string, args: readonly string[], cwd: string) {
  const script = '"$@" > /dev/null || exit; times'
  const { result, seconds } = await timed(() =>
    promisify(execFile)('sh', ['-c', script, 'sh', command, ...args], { cwd, maxBuffer: 2 ** 26 }),
  )
  const [, children = ''] = result.stdout.trim().split('\n')
  const cpuSeconds = [...children.matchAll(TIMES)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0)
  return { seconds, cpuSeconds }
}
