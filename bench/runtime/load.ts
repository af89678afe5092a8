import type { Served } from './service.ts'

const WORKERS = 32

/** What a load came to. On a busy machine only the rate per second of the server's processor time can be compared. */
export interface Rate {
  readonly perSecond: number
  /** Per second of the server's processor time: what one core does when it has nothing else to do. */
  readonly perCore: number
}

/** Repeats `work` for some seconds, 32 at a time; a short run before it warms the code. */
export async function rateOf(served: Served, seconds: number, work: () => Promise<void>): Promise<Rate> {
  await repeat(seconds / 2, work)
  const [before, started] = [served.cpuSeconds(), performance.now()]
  const count = await repeat(seconds, work)
  const wall = (performance.now() - started) / 1000
  return { perSecond: count / wall, perCore: count / (served.cpuSeconds() - before) }
}

async function repeat(seconds: number, work: () => Promise<void>): Promise<number> {
  const end = performance.now() + seconds * 1000
  let count = 0
  const worker = async () => {
    while (performance.now() < end) {
      await work()
      count++
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, worker))
  return count
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
