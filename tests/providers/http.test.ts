import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type HttpCall, request, retryAfter } from '../../providers/http.ts'
import { ANSWER_LIMIT, sendOverNetwork } from '../../reconciler/send.ts'
import { type FaultProxy, startFaultProxy } from '../support/faults.ts'

let server: FaultProxy

beforeAll(async () => {
  server = await startFaultProxy('http://127.0.0.1:9')
})
beforeEach(() => server.clear())
afterAll(() => server.close())

const call = (over: Partial<HttpCall> = {}): Promise<unknown> =>
  request({
    fetch: sendOverNetwork,
    method: 'POST',
    url: `${server.url}/thing`,
    headers: {},
    signal: new AbortController().signal,
    label: 'System doThing',
    ...over,
  })

describe('a call', () => {
  it('sends JSON and reads the answer whatever its status', async () => {
    server.inject({ kind: 'answer', status: 418, body: '{"short":true}' })
    expect(await call({ body: { a: 1 } })).toMatchObject({ status: 418, text: '{"short":true}' })
    expect(server.seen[0]).toMatchObject({ body: '{"a":1}', headers: { 'content-type': 'application/json' } })
  })

  it('does not follow a redirect', async () => {
    server.inject({ kind: 'answer', status: 307, headers: { location: '/elsewhere' } })
    expect(await call()).toMatchObject({ status: 307 })
    expect(server.seen).toHaveLength(1)
  })

  it('refuses an answer above the limit', async () => {
    server.inject({ kind: 'answer', status: 200, body: 'x'.repeat(ANSWER_LIMIT + 1) })
    await expect(call()).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE', retry: 'never' })
  })

  it('that is cut off may be repeated', async () => {
    server.inject({ kind: 'cut' })
    await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'backoff' })
  })

  it('that is cut off and must not be sent twice has an unknown outcome', async () => {
    server.inject({ kind: 'cut' })
    await expect(call({ once: true })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', retry: 'never' })
  })

  it('that never left may be repeated even when it must not be sent twice', async () => {
    const refused = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
    const nobody = () => Promise.reject(refused)
    await expect(call({ once: true, fetch: nobody })).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'backoff' })
  })

  it.each([
    ['ECONNREFUSED', 'the connection was refused (ECONNREFUSED)', 'backoff'],
    ['ENOTFOUND', 'there is no such host (ENOTFOUND)', 'backoff'],
    ['CERT_HAS_EXPIRED', 'its certificate has expired (CERT_HAS_EXPIRED)', 'never'],
    ['ECONNRESET', 'the connection was cut (ECONNRESET)', 'backoff'],
    ['EUNHEARDOF', 'EUNHEARDOF', 'backoff'],
  ])('that fails with %s names the address and the cause', async (code, why, retry) => {
    const failed = () => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code } }))
    const message = `System doThing: no answer from ${server.url}: ${why}`
    await expect(call({ fetch: failed })).rejects.toMatchObject({ code: 'UNAVAILABLE', message, retry })
  })

  it('that takes too long says so', async () => {
    const late = () => Promise.reject(new DOMException('', 'TimeoutError'))
    await expect(call({ fetch: late })).rejects.toMatchObject({ message: expect.stringContaining('it took too long') })
  })

  it('leaves out the end of line that came with a credential', async () => {
    server.inject({ kind: 'answer', status: 200 })
    await call({ headers: { 'x-api-key': ' key\r\n' } })
    expect(server.seen[0]?.headers['x-api-key']).toBe('key')
  })

  it('does not quote a credential that cannot travel in a header', async () => {
    const error = await call({ headers: { 'x-api-key': 'planted\nsecret' } }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'UNRESOLVED_SECRET' })
    expect(`${error}${(error as Error).cause}`).not.toContain('planted')
  })
})

describe('Retry-After', () => {
  const now = new Date('2026-01-01T00:00:00Z')
  it.each([
    ['7', 7],
    ['Thu, 01 Jan 2026 00:01:30 GMT', 90],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['soon', undefined],
  ])('%s is %s seconds', (value, seconds) => {
    expect(retryAfter(new Headers({ 'retry-after': value }), now)).toBe(seconds)
  })
})
