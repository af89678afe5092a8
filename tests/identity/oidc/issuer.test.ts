import { describe, expect, it } from 'vitest'
import { tenantOfIssuer } from '../../../identity/oidc/issuer.ts'
import { httpOrigin } from '../../../identity/platform/http/public-url.ts'
import { openOidcWorld } from './world.ts'

const deps = { publicUrl: () => 'https://login.example.com' } as Parameters<typeof tenantOfIssuer>[0]

describe('the public URL', () => {
  it.each([
    ['https://login.example.com', 'https://login.example.com'],
    ['https://login.example.com/', 'https://login.example.com'],
    ['http://localhost:8080', 'http://localhost:8080'],
  ])('%s is taken as %s', (url, origin) => {
    expect(httpOrigin(url)).toBe(origin)
  })

  it.each([
    'login.example.com',
    'ftp://login.example.com',
    'https://login.example.com/path',
    'https://a@login.example.com',
    '',
  ])('%j is refused', (url) => {
    expect(() => httpOrigin(url)).toThrow('write it like https://login.example.com')
  })

  it('is in the issuer, and makes cookies secure when it is https', async () => {
    const world = await openOidcWorld({ publicUrl: 'https://login.example.com' })
    const tenant = await world.tenant()
    await world.client(tenant, { client_type: 'public' })
    const discovery = await world.service.app.inject({ url: `/${tenant}/oidc/.well-known/openid-configuration` })
    const query = new URLSearchParams({
      client_id: 'web',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'https://app.example.com/callback',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    })
    const started = await world.service.app.inject({ url: `/${tenant}/oidc/authorize?${query}` })
    await world.close()
    expect(discovery.json().issuer).toBe(`https://login.example.com/${tenant}/oidc`)
    expect(discovery.json().token_endpoint).toBe(`https://login.example.com/${tenant}/oidc/token`)
    const cookies = [started.headers['set-cookie']].flat().map(String)
    expect(cookies.length).toBeGreaterThan(2)
    expect(cookies.filter((cookie) => !/; secure/i.test(cookie) || !/; httponly/i.test(cookie))).toEqual([])
  })
})

describe('the tenant of an issuer', () => {
  it('is read from an issuer of ours', () => {
    expect(tenantOfIssuer(deps, 'https://login.example.com/acme/oidc')).toBe('acme')
  })

  it.each([
    'https://evil.example.com/acme/oidc',
    'https://login.example.com.evil.com/acme/oidc',
    'https://login.example.com/acme/oidc/',
    'https://login.example.com//oidc',
    'https://login.example.com/a/b/oidc',
    'https://login.example.com/%2e/oidc',
    undefined,
    7,
  ])('is none in %j', (issuer) => {
    expect(tenantOfIssuer(deps, issuer)).toBeUndefined()
  })
})
