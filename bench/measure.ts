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

/** Hands the numbers to `main.ts`, which reads the last line of standard output. */
export const report = (numbers: Numbers): void => {
  process.stdout.write(`${JSON.stringify(numbers)}\n`)
}
