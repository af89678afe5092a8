import type { Served } from './service.ts'

/** Requests at a time. */
export const WORKERS = 32

/** What a load came to. On a busy machine only the rate per second of the server's processor time can be compared. */
export interface Rate {
  readonly perSecond: number
  /** Per second of the server's processor time: what one core does when it has nothing else to do. */
  readonly perCore: number
}

/**
 * Repeats `work`, 32 at a time, for so many seconds of the server's processor time; half as many before it warm the code. Wall time would
 * leave the code cold where others use the machine.
 */
export async function rateOf(served: Served, cpuSeconds: number, work: () => Promise<void>): Promise<Rate> {
  await repeat(served, cpuSeconds / 2, work)
  const started = performance.now()
  const { count, cpu } = await repeat(served, cpuSeconds, work)
  return { perSecond: (count * 1000) / (performance.now() - started), perCore: count / cpu }
}

async function repeat(served: Served, cpuSeconds: number, work: () => Promise<void>) {
  const before = served.cpuSeconds()
  let count = 0
  const worker = async () => {
    while (served.cpuSeconds() - before < cpuSeconds) {
      await work()
      count++
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))
  return { count, cpu: served.cpuSeconds() - before }
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
