import type { Served } from './service.ts'

/** Requests at a time. */
export const WORKERS = 32

/** What a load came to. On a busy machine only the rate per second of the server's processor time can be compared. */
export interface Rate {
  readonly perSecond: number
  /** Per second of the server's processor time: what one core does when it has nothing else to do. */
  readonly perCore: number
}

/** One of several servers that do the same work. */
export interface Contender {
  readonly served: Served
  readonly work: () => Promise<void>
}

const ROUNDS = 5

/**
 * Repeats `work`, 32 at a time, for so many seconds of the server's processor time; half as many before it warm the code. Wall time would
 * leave the code cold where others use the machine.
 */
export async function rateOf(served: Served, cpuSeconds: number, work: () => Promise<void>): Promise<Rate> {
  const [rate] = await ratesOf([{ served, work }], cpuSeconds)
  return rate as Rate
}

/** The same of several contenders in turns, so that a machine whose speed changes is the same for all of them. */
export async function ratesOf(contenders: readonly Contender[], cpuSeconds: number): Promise<readonly Rate[]> {
  for (const contender of contenders) await repeat(contender, cpuSeconds / 2)
  const totals = contenders.map(() => ({ count: 0, cpu: 0, wall: 0 }))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, total] of totals.entries()) {
      const { count, cpu, wall } = await repeat(contenders[i] as Contender, cpuSeconds / ROUNDS)
      totals[i] = { count: total.count + count, cpu: total.cpu + cpu, wall: total.wall + wall }
    }
  }
  return totals.map(({ count, cpu, wall }) => ({ perSecond: count / wall, perCore: count / cpu }))
}

async function repeat({ served, work }: Contender, cpuSeconds: number) {
  const started = performance.now()
  const before = served.cpuSeconds()
  let count = 0
  const worker = async () => {
    while (served.cpuSeconds() - before < cpuSeconds) {
      await work()
      count++
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))
  return { count, cpu: served.cpuSeconds() - before, wall: (performance.now() - started) / 1000 }
}

/** Median and processor time of one call after the other, in milliseconds. */
export async function latencyOf(served: Served, times: number, work: () => Promise<void>) {
  await work()
  const before = served.cpuSeconds()
  const all: number[] = []
  for (let i = 0; i < times; i++) {
    const started = performance.now()
    await work()
    all.push(performance.now() - started)
  }
  const cpu = ((served.cpuSeconds() - before) * 1000) / times
  return { median: all.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0, cpu }
}

/** Sends a request and reads the answer. Throws for an error status. */
export async function send(
  { pool }: Served,
  method: 'GET' | 'POST',
  path: string,
  { body, headers = {} }: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
) {
  const answer = await pool.request({ method, path, headers, body: body ?? null })
  const text = await answer.body.text()
  if (answer.statusCode >= 400)
    throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`)
  return { headers: answer.headers, text }
}
