import { describe, expect, it } from 'vitest'
import { Secret } from '../../reconciler/secret.ts'
import { bodyOf, Probe, scene } from './observed-world.ts'

const s = scene()
const BASE = '/panel/user/mfa/settings'
const fallback = (over = {}): Probe => new Probe(s.connect('Navixy', over), 'MfaDefault')
const assignment = (): Probe => new Probe(s.connect('Navixy'), 'MfaAssignment', { key: 'staff' })
const refusal = (code: number) =>
  ({
    kind: 'answer',
    status: 400,
    body: JSON.stringify({ success: false, status: { code, description: 'x' } }),
  }) as const

/** Makes the users of the dealer known to the runtime. */
async function users(ids: readonly number[]): Promise<void> {
  const runtime = new Probe(s.world.connect('SecretsVault', ''), 'Organization', { key: s.organization })
  await runtime.update({ navixyUsers: ids })
}
const idsSent = (): unknown[] => s.proxy.seen.map((r) => (bodyOf(r) as { target?: { ids?: unknown } }).target?.ids)

describe('access', () => {
  it('sends the hash in the header and nowhere else', async () => {
    await fallback().observe()
    const { headers, url, body } = s.proxy.seen[0] ?? {}
    expect(headers?.authorization).toBe('NVX planted-hash')
    expect(`${url}${body}`).not.toContain('planted-hash')
  })

  it.each([3, 4])('renews the hash once on code %i and repeats the call', async (code) => {
    s.proxy.inject(refusal(code), { times: 1 })
    const renewed = { hash: new Secret('planted-hash') }
    await fallback({ credentials: { hash: new Secret('old-hash') }, renewCredentials: async () => renewed }).observe()
    expect(s.proxy.seen.map((r) => r.headers.authorization)).toEqual(['NVX old-hash', 'NVX planted-hash'])
  })

  it.each([
    [1, 'UNAVAILABLE', 'backoff'],
    [2, 'FORBIDDEN', 'never'],
    [3, 'UNAUTHENTICATED', 'never'],
    [4, 'UNAUTHENTICATED', 'never'],
    [5, 'REJECTED', 'never'],
    [6, 'UNAVAILABLE', 'backoff'],
    [7, 'REJECTED', 'never'],
    [8, 'UNAVAILABLE', 'backoff'],
    [9, 'REJECTED', 'never'],
    [11, 'FORBIDDEN', 'never'],
    [12, 'REJECTED', 'never'],
    [13, 'FORBIDDEN', 'never'],
    [14, 'UNAVAILABLE', 'backoff'],
    [15, 'RATE_LIMITED', 'backoff'],
    [101, 'FORBIDDEN', 'never'],
    [201, 'NOT_FOUND', 'never'],
    [999, 'UNEXPECTED_RESPONSE', 'never'],
  ])('takes code %i as %s, retry %s, whatever the HTTP status', async (code, expected, retry) => {
    s.proxy.inject({ ...refusal(code), status: 200 })
    await expect(fallback().observe()).rejects.toMatchObject({ code: expected, retry })
  })

  it('does not take success: false for a success', async () => {
    s.proxy.inject({ kind: 'answer', status: 200, body: '{"success":false}' })
    await expect(fallback().observe()).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' })
  })
})

describe('MfaDefault', () => {
  it('is absent while none was ever set, and fails on settings of an unknown type', async () => {
    expect(await fallback().observe()).toBeUndefined()
    s.proxy.inject({ kind: 'answer', status: 200, body: '{"success":true,"value":{"type":"maybe"}}' })
    await expect(fallback().observe()).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' })
  })

  it('sends no factors with Disallowed, even when the former settings had some', async () => {
    await fallback().create({ type: 'Allowed', factorTypes: ['Email'] })
    s.proxy.clear()
    await fallback().update({ type: 'Disallowed' })
    expect(bodyOf(s.proxy.seen.at(-1))).toEqual({ settings: { type: 'disallowed' } })
  })
})

describe('MfaAssignment', () => {
  it('is there without any field, since the system never returns it', async () => {
    expect(await assignment().observe()).toMatchObject({ key: 'staff', spec: {} })
    expect(s.calls()).toEqual([])
  })

  it('goes to every user with allUsers', async () => {
    await assignment().create({ type: 'Allowed', factorTypes: ['Email'], allUsers: true })
    expect(s.calls()).toEqual([`POST ${BASE}/update`])
    expect(bodyOf(s.proxy.seen[0])).toEqual({
      target: { type: 'all' },
      settings: { type: 'allowed', factor_types: ['email'] },
    })
  })

  it('goes out in chunks of 100 ids without duplicates', async () => {
    const ids = Array.from({ length: 150 }, (_, i) => i + 1)
    await users(ids)
    await assignment().create({ type: 'Disallowed', users: [...ids, 1, 2] })
    expect(idsSent()).toEqual([ids.slice(0, 100), ids.slice(100)])
  })

  it('names every unknown id and writes to all others', async () => {
    await users([1, 2, 3, 5])
    await expect(assignment().create({ type: 'Disallowed', users: [1, 2, 3, 4, 5, 6] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      retry: 'never',
      message: expect.stringMatching(/has no users 4, 6$/),
    })
    expect(idsSent()).toEqual([[1, 2, 3, 4, 5, 6], [1, 2, 3], [4, 5, 6], [4, 5], [4], [5], [6]])
  })
})
