import type { HTTPMethods } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openContract } from '../vault/world.ts'
import { openApplication, own, post, tokensOf } from './application.ts'
import { type OidcWorld, openOidcWorld } from './world.ts'

const PUBLIC = ['getPublicClient', 'getPublicClientTenant']
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

let world: OidcWorld
let tenant: string
beforeAll(async () => {
  world = await openOidcWorld()
  tenant = await world.tenant()
})
afterAll(() => world.close())

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
}

async function operations(file: string) {
  const { contract } = await openContract(file)
  return Object.entries<Record<string, Operation>>(contract.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method, o]) => METHODS.includes(method) && (o.tags.includes('oidc') || PUBLIC.includes(o.operationId)))
      .map(([method, { operationId }]) => ({ method: method.toUpperCase() as HTTPMethods, path, operationId })),
  )
}

/** Bodies that no operation takes; none of them may be a fault of the server. */
const JUNK = [
  { type: 'application/json', payload: '{"__proto__":{}}' },
  { type: 'application/x-www-form-urlencoded', payload: 'client_id=%00&client_id=a&grant_type=%F0%9F' },
  { type: 'application/x-www-form-urlencoded', payload: `client_id=web&grant_type=${'x'.repeat(60_000)}` },
  { type: 'application/x-www-form-urlencoded', payload: 'x'.repeat(70_000) },
  { type: 'text/xml', payload: '<a/>' },
] as const

describe('every operation of the OpenID provider', async () => {
  const all = [
    ...(await operations('secrets-vault.openapi.yaml')),
    ...(await operations('secrets-vault-additions.openapi.yaml')),
  ]

  it('is one of 8 of the contract and 21 additions', () => {
    expect(all.length).toBe(29)
  })

  const ask = (method: HTTPMethods, path: string, options: object = {}) =>
    world.service.app.inject({ method: method as 'GET', url: path.replace('{tenant_id}', tenant), ...options })

  it.each(all)('$operationId is served', async ({ method, path }) => {
    const { statusCode, body } = await ask(method, path)
    expect(statusCode).not.toBe(405)
    expect(body).not.toContain('Nothing is served')
  })

  it.each(all)('$operationId answers a strange query without a fault of the server', async ({ method, path }) => {
    const query = 'client_id=%00&client_id=b&tenant_id=%FF&id_token_hint=a.b.c&request_uri=:'
    expect((await ask(method, `${path}?${query}`)).statusCode).toBeLessThan(500)
  })

  it.each(all.filter(({ method }) => method === 'POST'))(
    '$operationId answers junk without a fault of the server',
    async ({ method, path }) => {
      const answers = JUNK.map(({ type, payload }) => ask(method, path, { headers: { 'content-type': type }, payload }))
      expect(Math.max(...(await Promise.all(answers)).map((a) => a.statusCode))).toBeLessThan(500)
    },
  )
})

describe('an answer', async () => {
  const { problems } = await openContract('secrets-vault.openapi.yaml')

  it('of the token endpoint is a TokenResponse', async () => {
    const app = await openApplication(world)
    const { body } = await post(world, '/v1/token', {
      grant_type: 'client_credentials',
      tenant_id: app.tenant,
      ...own(app),
    })
    expect(problems('TokenResponse', body)).toBe('')
  })

  it('of userinfo is a User with sub', async () => {
    const { access_token } = await tokensOf(world, await openApplication(world))
    const answer = await fetch(`${world.url}/v1/userinfo`, { headers: { authorization: `Bearer ${access_token}` } })
    const body = (await answer.json()) as Record<string, unknown>
    expect([problems('User', body), body.sub]).toEqual(['', body.user_id])
  })

  it('about a client is a PublicClient, with its tenant a PublicClientTenant', async () => {
    const app = await openApplication(world)
    const query = `client_id=web&tenant_id=${app.tenant}`
    const [client, both] = await Promise.all(
      ['client', 'client-tenant'].map(async (p) => (await fetch(`${world.url}/v1/login/${p}?${query}`)).json()),
    )
    expect([problems('PublicClient', client), problems('PublicClientTenant', both)]).toEqual(['', ''])
    expect((both as { tenant: object }).tenant).not.toHaveProperty('block_config')
  })

  it('to a rotation says from when on the new keys are in use', async () => {
    const app = await openApplication(world)
    const { active_from } = await world.admin<{ active_from: string }>('POST', `/v1/tenants/${app.tenant}/keys/rotate`)
    const { keys } = (await (await fetch(`${world.url}/${app.tenant}/oidc/jwks`)).json()) as { keys: unknown[] }
    expect(Date.parse(active_from)).toBeGreaterThan(Date.now())
    expect(keys.length).toBeGreaterThanOrEqual(2)
  })
})
