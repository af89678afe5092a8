import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import type { PlumblineError, Retry } from '../../config/errors.ts'
import type { FaultProxy, SeenRequest } from '../support/faults.ts'

/** What can go wrong with one request. */
export type FaultName =
  | '401'
  | '403'
  | '404'
  | '409'
  | '429'
  | '500'
  | 'redirect'
  | 'cut'
  | 'cutAfterwards'
  | 'timeout'
  | 'notJson'
  | 'empty'
  | 'page404'
  | 'wrongShape'

/** What core has to be told, or `absent` where the contract makes the answer a proof. */
export type Expectation =
  | 'absent'
  | 'done'
  | {
      readonly code: PlumblineError['code']
      readonly retry: Retry
      readonly stops?: NonNullable<PlumblineError['stops']>
    }

/** One call of an adapter with what each fault has to become. */
export interface FaultCase {
  readonly title: string
  /** The requests that the fault meets; others pass. */
  readonly matches: (request: SeenRequest) => boolean
  readonly call: (signal: AbortSignal) => Promise<unknown>
  readonly expected: Readonly<Record<FaultName, Expectation>>
  /** Clear credentials that the call carries. */
  readonly credentials: readonly string[]
}

const JSON_BODY = { 'content-type': 'application/json' }

/** Runs every fault against every case, over real HTTP through the proxy. */
export function adapterFaults(
  cases: () => readonly FaultCase[],
  titles: readonly string[],
  surroundings: Surroundings,
): void {
  describe.each(titles)('%s', (title) => {
    const find = (): FaultCase => cases().find((c) => c.title === title) as FaultCase
    beforeEach(() => surroundings.proxy().clear())

    it.each(FAULTS)('meets %s', async (fault) => {
      const { matches, call, expected } = find()
      const controller = new AbortController()
      inject(surroundings.proxy(), fault, matches, controller)
      const outcome = await outcomeOf(call(controller.signal))
      expect(outcome).toEqual(expected[fault])
    })

    it('shows no secret in the error of a system that repeats what it was sent', async () => {
      const { matches, call, credentials } = find()
      const echo = credentials.join(' ')
      const body = { detail: echo, detailCode: echo, error: echo, message: echo }
      surroundings
        .proxy()
        .inject({ kind: 'answer', status: 400, headers: JSON_BODY, body: JSON.stringify(body) }, { matches })
      const error: unknown = await call(new AbortController().signal).catch((e: unknown) => e)
      expect(error).toMatchObject({ code: 'REJECTED', retry: 'never' })
      const shown = inspect(error, { depth: null, showHidden: true })
      expect(credentials.filter((secret) => shown.includes(secret))).toEqual([])
    })
  })
}

export interface Surroundings {
  proxy(): FaultProxy
}

/** Answers in place of the service. */
const ANSWERS: Partial<
  Readonly<Record<FaultName, { status: number; headers?: Record<string, string>; body?: string }>>
> = {
  401: { status: 401, headers: JSON_BODY, body: '{}' },
  403: { status: 403, headers: JSON_BODY, body: '{}' },
  404: { status: 404, headers: JSON_BODY, body: '{}' },
  409: { status: 409, headers: JSON_BODY, body: '{}' },
  429: { status: 429, headers: { ...JSON_BODY, 'retry-after': '7' }, body: '{}' },
  500: { status: 500 },
  redirect: { status: 302, headers: { location: 'https://elsewhere.example/' } },
  notJson: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in to the Wi-Fi</html>' },
  empty: { status: 200 },
  page404: { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>Not here</html>' },
  wrongShape: { status: 200, headers: JSON_BODY, body: '[]' },
}

const FAULTS: readonly FaultName[] = [
  '401',
  '403',
  '404',
  '409',
  '429',
  '500',
  'redirect',
  'cut',
  'cutAfterwards',
  'timeout',
  'notJson',
  'empty',
  'page404',
  'wrongShape',
]

function inject(proxy: FaultProxy, fault: FaultName, matches: FaultCase['matches'], controller: AbortController): void {
  const answer = ANSWERS[fault]
  const lateAnswer = (): void => controller.abort(new DOMException('the answer is late', 'TimeoutError'))
  if (answer) proxy.inject({ kind: 'answer', ...answer }, { matches })
  else if (fault === 'timeout') proxy.inject({ kind: 'hang', arrived: lateAnswer }, { matches })
  else if (fault === 'cut') proxy.inject({ kind: 'cut' }, { matches })
  else proxy.inject({ kind: 'cut', afterwards: true }, { matches })
}

async function outcomeOf(call: Promise<unknown>): Promise<Expectation> {
  try {
    return (await call) === undefined ? 'absent' : 'done'
  } catch (thrown) {
    const { code, retry, stops } = thrown as PlumblineError
    return stops === undefined ? { code, retry } : { code, retry, stops }
  }
}

/** A read of an adapter that takes one request or several. */
export interface ReadCase {
  readonly title: string
  /** Reads through the proxy, repeating as the doors do. */
  readonly read: (fetcher: typeof fetch) => Promise<unknown>
}

/** Faults that a repeated request gets over. */
const PASSING = ['429', '503', '500', 'cut', 'cutAfterwards', 'timeout'] as const

/**
 * A request of a read that is refused, cut or late is sent once more, and no other request is: whatever was read before
 * stays. Proven by counting, for each request of the read in turn.
 */
export function readsRepeatOneRequest(
  cases: () => readonly ReadCase[],
  titles: readonly string[],
  at: Surroundings,
): void {
  describe.each(titles)('a read of %s', (title) => {
    it.each(PASSING)('repeats the one request that meets %s', async (fault) => {
      const { read } = cases().find((c) => c.title === title) as ReadCase
      const clean = await requestsOf(at.proxy(), read, () => undefined)
      expect(clean.requests.length).toBeGreaterThan(0)
      for (const [place, request] of clean.requests.entries()) {
        const met = await requestsOf(at.proxy(), read, (proxy, late) => injectAt(proxy, fault, place, late))
        expect(met.found).toEqual(clean.found)
        expect(met.requests).toEqual(clean.requests.toSpliced(place, 0, request))
      }
    })
  })
}

/** A late answer is given up by the time-out of its own request, as the connection's `fetch` does. */
async function requestsOf(
  proxy: FaultProxy,
  read: ReadCase['read'],
  inject: (proxy: FaultProxy, late: () => void) => void,
): Promise<{ readonly found: unknown; readonly requests: readonly string[] }> {
  proxy.clear()
  let timeout = new AbortController()
  inject(proxy, () => timeout.abort(new DOMException('the answer is late', 'TimeoutError')))
  const found = await read((input, init) => {
    timeout = new AbortController()
    return fetch(input, { ...init, signal: AbortSignal.any([init?.signal ?? timeout.signal, timeout.signal]) })
  })
  return { found, requests: proxy.seen.map(({ method, url }) => `${method} ${url}`) }
}

function injectAt(proxy: FaultProxy, fault: (typeof PASSING)[number], place: number, late: () => void): void {
  let asked = 0
  const when = { matches: () => asked++ === place, times: 1 }
  if (fault === 'timeout') proxy.inject({ kind: 'hang', arrived: late }, when)
  else if (fault === 'cut') proxy.inject({ kind: 'cut' }, when)
  else if (fault === 'cutAfterwards') proxy.inject({ kind: 'cut', afterwards: true }, when)
  else proxy.inject({ kind: 'answer', status: Number(fault), headers: { 'retry-after': '0' } }, when)
}
