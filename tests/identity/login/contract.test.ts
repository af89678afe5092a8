import type { HTTPMethods } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openContract } from '../vault/world.ts'
import { type LoginWorld, openLoginWorld } from './world.ts'

const TAGS = ['login', 'password', 'sessions', 'passkeys', 'webauthn', 'blocks']
const METHODS = ['get', 'post', 'put', 'patch', 'delete']
/** Served by the OpenID provider's part. */
const ELSEWHERE = ['getPublicClient', 'getPublicClientTenant']

/** They say what is wrong with a body before they look at the credentials. */
const AFTER_BODY = ['changePassword', 'changeTextPassword', 'verifyPasskeyRegistration']

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly security?: readonly object[]
}

let world: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, close } = await openLoginWorld())
})
afterAll(() => close())

async function operations(file: string) {
  const { contract } = await openContract(file)
  return Object.entries<Record<string, Operation>>(contract.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method, o]) => METHODS.includes(method) && isOurs(o))
      .map(([method, { operationId, security }]) => ({
        method: method.toUpperCase() as HTTPMethods,
        path: path.replace(/\{\w+\}/g, 'x'),
        operationId,
        isPublic: security?.length === 0,
      })),
  )
}

const isOurs = ({ operationId, tags }: Operation) =>
  operationId === 'updateUserEmail' || (tags.some((tag) => TAGS.includes(tag)) && !ELSEWHERE.includes(operationId))

const JUNK = [
  '{"__proto__":{}}',
  '[]',
  'null',
  '"x"',
  '{',
  `{"username":"${'x'.repeat(70_000)}"}`,
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  '{"username":"\\ud800","cipherKey":"\\u0000","challenge_id":1,"id":{},"raw_id":[],"code":"\\ud800","tenant_id":""}',
  '{"username":"a","tenant_id":"a","id":"%","raw_id":"%","client_data_json":"%","authenticator_data":"%","signature":"%"}',
  '{"id":"AA","raw_id":"AA","client_data_json":"bnVsbA","attestation_object":"AA"}',
]

describe('every operation of the login', async () => {
  const all = [
    ...(await operations('secrets-vault.openapi.yaml')),
    ...(await operations('secrets-vault-additions.openapi.yaml')),
  ]

  it('is one of 16 of the contract and 16 additions', () => {
    expect(all.map((o) => o.operationId)).toHaveLength(32)
  })

  it.each(all)('$operationId is served', async ({ method, path }) => {
    const { status, body } = await world.send(method, path)
    expect(status).not.toBe(405)
    expect(body?.detail).not.toBe('Nothing is served under this path.')
  })

  const closed = all.filter((o) => !o.isPublic && !AFTER_BODY.includes(o.operationId))
  it.each(closed)('$operationId answers 401 without credentials', async ({ method, path }) => {
    expect((await world.send(method, path)).status).toBe(401)
    expect((await world.send(method, path, undefined, { key: 'plk_x_y' })).status).toBe(401)
  })

  it.each(all)('$operationId answers junk without a fault of the server', async ({ method, path }) => {
    const tenant = await world.tenant()
    const key = await world.keyOf(tenant, '')
    const query = `?auth_req_id=${await world.begin(tenant)}&tenant_id=${tenant}&client_id=%00&page=1e9`
    const statuses = []
    for (const body of method === 'GET' ? [undefined] : JUNK)
      for (const sent of [{}, { key }, { key: world.adminKey }])
        statuses.push((await world.send(method, path + query, body, sent)).status)
    expect(Math.max(...statuses)).toBeLessThan(500)
  })
})

describe('answers fit the contract:', () => {
  it('of a challenge and of a login', async () => {
    const { problems } = await openContract('secrets-vault.openapi.yaml')
    const tenant = await world.tenant()
    await world.register(tenant)
    const { cipherKey } = await (await world.client(tenant)).begin()
    const handle = await world.begin(tenant)
    const { body } = await world.send('POST', `/v1/login/challenge?auth_req_id=${handle}`, {
      username: 'jane',
      cipherKey,
    })
    expect(problems('ChallengeResponse', body)).toBe('')
    expect(problems('LoginResult', (await world.signIn(tenant)).body)).toBe('')
  })

  it('of a refused body', async () => {
    const { problems } = await openContract('secrets-vault.openapi.yaml')
    const { status, body } = await world.send('POST', '/v1/login/authenticate', {})
    expect([status, problems('ValidationErrorBody', body)]).toEqual([422, ''])
  })

  it('of the outbox', async () => {
    const { problems } = await openContract('secrets-vault-additions.openapi.yaml')
    const tenant = await world.tenant()
    await world.register(tenant)
    const { body } = await world.admin('GET', `/v1/tenants/${tenant}/outbox`)
    expect([body.messages.length, problems('Outbox', body)]).toEqual([1, ''])
  })

  it('the outbox is for the administrator alone', async () => {
    const tenant = await world.tenant()
    const key = await world.keyOf(tenant, '')
    expect((await world.send('GET', `/v1/tenants/${tenant}/outbox`, undefined, { key })).status).toBe(403)
  })
})
