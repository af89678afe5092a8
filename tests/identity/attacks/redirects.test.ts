import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newRequest, openApplication, post, tokensOf } from '../oidc/application.ts'
import { Browser } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld, REDIRECT } from '../oidc/world.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

describe('a redirect', () => {
  it.each([
    'https://evil.example.com/',
    `${REDIRECT}/more`,
    `${REDIRECT}?x=1`,
    'https://app.example.com@evil.example.com/callback',
  ])('to the unregistered address %s does not happen', async (redirect_uri) => {
    const app = await openApplication(world)
    const { address } = await newRequest(app, 'openid', { redirect_uri })
    const answer = await new Browser().open(address.href)
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it('after a logout to an unregistered address does not happen', async () => {
    const [app, browser] = [await openApplication(world), new Browser()]
    const { id_token } = await tokensOf(world, app, 'openid', { browser })
    const form = { id_token_hint: String(id_token), post_logout_redirect_uri: 'https://evil.example.com/' }
    const answer = await browser.open(client.buildEndSessionUrl(app.config, form).href)
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })

  it.each(['\\evil.example.com', '/evil.example.com', ''])(
    'by a forged issuer that names the tenant %j does not happen',
    async (tenant) => {
      const hint = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ iss: `${world.url}/${tenant}/oidc` }))}.`
      const answer = await fetch(`${world.url}/v1/logout?id_token_hint=${hint}`, { redirect: 'manual' })
      expect(answer.status).toBe(422)
    },
  )

  it('out of a strange tenant in the path does not happen', async () => {
    const { headers } = await post(world, '/%2Fevil.example.com/oidc/authorize', { client_id: 'web' })
    expect(headers.get('location')).toMatch(/^\/%2F/)
  })

  it('does not follow the Host header', async () => {
    const app = await openApplication(world)
    const headers = { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com', 'x-forwarded-proto': 'https' }
    const answer = await world.service.app.inject({
      url: `/${app.tenant}/oidc/.well-known/openid-configuration`,
      headers,
    })
    expect(answer.body).not.toContain('evil.example.com')
  })
})
