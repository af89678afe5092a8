import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openService, type Service } from '../../../identity/service.ts'

const PROXY = '10.1.2.3'
const WRONG_CODE = { code: '00000-00000-00000-00000' }

describe('behind a trusted proxy', () => {
  let folder: string
  let service: Service
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-proxies-'))
    const trustedProxies = ['10.0.0.0/8', 'fd00::/8']
    const publicUrl = 'https://login.example.com'
    service = await openService({ store: folder, dataFolder: folder, trustedProxies, publicUrl })
    await service.app.inject({
      method: 'POST',
      url: '/v1/tenants',
      headers: { 'x-api-key': String(service.createdAdminKey) },
      payload: { tenant_id: 'acme-web' },
    })
  })
  afterAll(async () => {
    await service.close()
    await rm(folder, { recursive: true })
  })

  /** Guesses codes until the address is blocked, at most eight times; returns the statuses. */
  const guess = async (remoteAddress: string, forwarded: (i: number) => object) => {
    const statuses: number[] = []
    for (let i = 0; i < 8; i++) {
      const headers = forwarded(i) as Record<string, string>
      const request = {
        method: 'POST',
        url: '/v1/users/email/verify',
        remoteAddress,
        headers,
        payload: WRONG_CODE,
      } as const
      statuses.push((await service.app.inject(request)).statusCode)
    }
    return statuses
  }

  it('the lockout counts for the address of the client, not for the proxy', async () => {
    const one = await guess(PROXY, () => ({ 'x-forwarded-for': '203.0.113.1' }))
    expect([one[0], one.at(-1)]).toEqual([401, 429])
    const others = await guess(PROXY, (i) => ({ 'x-forwarded-for': `203.0.113.${100 + i}` }))
    expect(new Set(others)).toEqual(new Set([401]))
  })

  it('only the address that the nearest trusted proxy saw is believed, whatever the client wrote before it', async () => {
    const statuses = await guess(PROXY, (i) => ({ 'x-forwarded-for': `198.51.100.${i}, 203.0.113.2` }))
    expect(statuses.at(-1)).toBe(429)
  })

  it('nobody else is believed, and Forwarded not at all', async () => {
    const direct = await guess('203.0.113.3', (i) => ({ 'x-forwarded-for': `198.51.100.${i}` }))
    const other = await guess('10.1.2.4', (i) => ({ forwarded: `for=198.51.100.${i}` }))
    expect([direct.at(-1), other.at(-1)]).toEqual([429, 429])
  })

  it('a proxy that names no address gets 400', async () => {
    const headers = { 'x-forwarded-for': 'unknown' }
    expect((await service.app.inject({ url: '/healthz', remoteAddress: PROXY, headers })).statusCode).toBe(400)
  })

  it('issuers are those of the public URL, whatever host a request names', async () => {
    const headers = { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com', 'x-forwarded-proto': 'http' }
    const url = '/acme-web/oidc/.well-known/openid-configuration'
    const answer = await service.app.inject({ url, headers, remoteAddress: PROXY })
    expect(answer.json().issuer).toBe('https://login.example.com/acme-web/oidc')
    expect(answer.body).not.toContain('evil')
  })
})
