import { describe, expect, it } from 'vitest'
import { Secret } from '../../reconciler/secret.ts'
import { bodyOf, Probe, scene, signal } from './observed-world.ts'

const s = scene()
const TOKEN = 'POST /oauth/token'
const READ = 'GET /password-org-config'
const probe = (over = {}): Probe => new Probe(s.connect('SailPoint', over), 'PasswordOrgConfig')

describe('the access token', () => {
  it('is asked for once per session', async () => {
    const p = probe()
    await p.observe()
    await p.observe()
    expect(s.calls()).toEqual([TOKEN, READ, READ])
  })

  it('asks for the scopes that the OpenAPI of the publisher names, and for those of its texts where they are refused', async () => {
    const body = '{"error":"invalid_scope"}'
    s.proxy.inject({ kind: 'answer', status: 400, body }, { times: 1 })
    await probe().observe()
    const asked = s.proxy.seen.filter(({ url }) => url.endsWith('/oauth/token'))
    expect(asked.map((request) => new URLSearchParams(request.body).get('scope'))).toEqual([
      'idn:password-org-config:read idn:password-org-config:manage',
      'idn:password-org-config:read idn:password-org-config:write',
    ])
  })

  it('is refused when the client has neither', async () => {
    s.proxy.inject({ kind: 'answer', status: 400, body: '{"error":"invalid_scope"}' })
    await expect(probe().observe()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      help: expect.stringContaining('manage'),
    })
  })

  it('asks for both scopes of the client', async () => {
    await probe().observe()
    expect(Object.fromEntries(new URLSearchParams(s.proxy.seen[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'planted-client',
      client_secret: 'planted-sailpoint',
      scope: 'idn:password-org-config:read idn:password-org-config:manage',
    })
  })

  it('is renewed shortly before it expires', async () => {
    let now = new Date()
    const p = probe({ now: () => now })
    await p.observe()
    now = new Date(now.getTime() + 24 * 3600 * 1000)
    s.proxy.clear()
    await p.observe()
    expect(s.calls()).toEqual([TOKEN, READ])
  })

  it('is renewed once with fresh credentials when it is refused, and the call repeated', async () => {
    let reads = 0
    const credentials = s.world.credentials('SailPoint')
    const renewCredentials = async () => {
      reads++
      return credentials
    }
    const p = probe({ renewCredentials })
    await p.observe()
    s.proxy.clear()
    s.proxy.inject({ kind: 'answer', status: 401, body: '{"error":"JWT is expired"}' }, { times: 1 })
    expect(await p.observe()).toBeDefined()
    expect({ calls: s.calls(), reads }).toEqual({ calls: [READ, TOKEN, READ], reads: 1 })
  })

  it('is given up after one renewal', async () => {
    const p = probe()
    await p.observe()
    s.proxy.clear()
    s.proxy.inject({ kind: 'answer', status: 401, body: '{}' }, { matches: ({ method }) => method === 'GET' })
    await expect(p.observe()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', retry: 'never', stops: 'connection' })
    expect(s.calls()).toEqual([READ, TOKEN, READ])
  })

  it('is refused with wrong client credentials, without showing them', async () => {
    const wrong = { clientId: new Secret('planted-client'), clientSecret: new Secret('wrong-secret') }
    const error = await probe({ credentials: wrong, renewCredentials: async () => wrong })
      .observe()
      .catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', stops: 'connection' })
    expect(String(error)).not.toContain('wrong-secret')
  })

  it('comes from the base URL without /beta, or from where the connection says', async () => {
    const baseUrl = `${s.proxy.url}/orgs/${s.organization}/sailpoint`
    await probe({ baseUrl: `${baseUrl}/beta` }).observe()
    await probe({ baseUrl: `${baseUrl}/beta`, tokenUrl: `${baseUrl}/oauth/token` }).observe()
    expect(s.calls()).toEqual([TOKEN, 'GET /beta/password-org-config', TOKEN, 'GET /beta/password-org-config'])
  })
})

describe('PasswordOrgConfig', () => {
  it('is changed with PUT, which carries all four known fields', async () => {
    const p = probe()
    await p.update({ digitToken: { length: 12 } })
    const sent = s.proxy.seen.find(({ method }) => method === 'PUT')
    expect(bodyOf(sent)).toEqual({
      customInstructionsEnabled: false,
      digitTokenEnabled: false,
      digitTokenLength: 12,
      digitTokenDurationMinutes: 5,
    })
  })

  it('is created with POST of the named fields where nothing is stored', async () => {
    await probe().create({ customInstructions: true })
    const sent = s.proxy.seen.find(({ url }) => url.endsWith('/password-org-config'))
    expect([sent?.method, bodyOf(sent)]).toEqual(['POST', { customInstructionsEnabled: true }])
  })

  it('goes back to its defaults when it is reset', async () => {
    const p = probe()
    await p.create({ digitToken: { enabled: true, length: 15 } })
    await p.adapter.delete(p.target, await p.present(), signal)
    expect((await p.present()).spec).toEqual({
      customInstructions: false,
      digitToken: { enabled: false, length: 6, durationMinutes: 5 },
    })
  })

  it('names the error code and the tracking id of a refusal', async () => {
    const p = probe()
    await p.observe()
    const body = JSON.stringify({ detailCode: '400.1 Bad Request Content', trackingId: 'abc', messages: [] })
    s.proxy.inject({ kind: 'answer', status: 400, body })
    await expect(p.observe()).rejects.toThrow('400.1 Bad Request Content, tracking id abc')
  })
})
