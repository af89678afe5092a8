import fc from 'fast-check'
import type { HTTPMethods } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Operation, Records } from './contract.ts'
import { isProduced } from './errors.ts'
import { bodyLike, JUNK_BODIES, JUNK_QUERY } from './junk.ts'
import { SCENARIOS } from './scenarios.ts'
import { type ContractWorld, openContractWorld } from './world.ts'

const { operations, contracts } = new Records()
const PATIENCE = { timeout: 60_000 }
const UNKNOWN_PATH = 'Nothing is served under this path.'

let world: ContractWorld
let tenant: string
let foreignKey: string
let poorKey: string
beforeAll(async () => {
  world = await openContractWorld()
  tenant = await world.login.tenant()
  foreignKey = await world.login.keyOf(await world.login.tenant(), 'nobody')
  const poor = { name: 'poor', scopes: ['clients:read'], tenant_id: tenant }
  poorKey = (await world.login.admin('POST', '/v1/api-keys', poor)).body.api_key
})
afterAll(() => world.close())

const ask = ({ method, path }: Operation, body?: unknown, sent: object = {}, parameter = 'unknown', place = tenant) => {
  const url = path.replace('{tenant_id}', place).replaceAll(/\{\w+\}/g, parameter)
  return world.login.app.inject({
    method: method as HTTPMethods & 'GET',
    url,
    remoteAddress: world.login.address(),
    ...(body === undefined ? {} : { payload: body as string }),
    ...sent,
  })
}
/** Good for SCIM; for the others the credentials or the address are wrong already. */
const EXAMPLE = JSON.stringify({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'remove', path: 'title' }],
  userName: 'one@example.com',
  displayName: 'one',
})
const json = { 'content-type': 'application/json' }
const withKey = (key: string, more = {}) => ({ headers: { 'x-api-key': key, ...more } })

describe('the scenario of', () => {
  it.each(Object.entries(SCENARIOS))('%s', PATIENCE, async (_, scenario) => {
    await scenario(world)
  })
})

describe('the contract', () => {
  it('has its 56 operations', () => {
    expect(contracts[0]?.operations.length).toBe(56)
  })

  it.each(operations)('$id is answered with success', ({ id }) => {
    expect([...world.records.statusesOf(id)].filter((status) => status < 400)).not.toEqual([])
  })
})

describe('every operation', () => {
  it.each(operations.filter((o) => o.secured))(
    '$id answers 401 without credentials, and to a key of nobody',
    async (o) => {
      const body = o.body ? '{}' : undefined
      const answers = [await ask(o, body, { headers: json }), await ask(o, body, withKey('plk_x_y', json))]
      // Bodies and queries may be looked at first; nothing is done without credentials.
      expect(answers.map((a) => a.statusCode).filter((status) => ![401, 422].includes(status))).toEqual([])
      expect(answers.map((a) => a.body).join('')).not.toContain(UNKNOWN_PATH)
    },
  )

  it.each(operations.filter((o) => o.secured && o.path.includes('{tenant_id}')))(
    '$id answers 403 to a key of another tenant, and to one without the right',
    async (o) => {
      const body = o.body ? EXAMPLE : undefined
      const answers = [await ask(o, body, withKey(foreignKey, json)), await ask(o, body, withKey(poorKey, json))]
      expect(answers.map((a) => a.statusCode).filter((status) => ![403, 422].includes(status))).toEqual([])
    },
  )

  it.each(operations.filter((o) => o.path.includes('{')))('$id refuses what is not there', async (o) => {
    const body = o.body ? EXAMPLE : undefined
    const sent = withKey(world.login.adminKey, json)
    await ask(o, body, sent)
    await ask(o, body, withKey(poorKey, json))
    expect((await ask(o, body, sent, 'unknown', 'nobody')).statusCode).toBeGreaterThanOrEqual(400)
  })

  it.each(operations)('$id answers junk without a fault of the server', PATIENCE, async (o) => {
    const statuses: number[] = []
    const send = async (...rest: [unknown?, object?, string?]) => {
      statuses.push((await ask(o, ...rest)).statusCode)
    }
    const key = world.login.adminKey
    for (const junk of o.method === 'GET' ? [] : JUNK_BODIES)
      await send(junk.body, withKey(key, { 'content-type': junk.type }))
    await send(undefined, { ...withKey(key), query: JUNK_QUERY })
    for (const parameter of ['%00', '%FF', '..%2F..', 'a'.repeat(2000)]) await send(undefined, withKey(key), parameter)
    if (o.body) {
      const property = fc.asyncProperty(bodyLike(o.body), (body) => send(JSON.stringify(body), withKey(key, json)))
      await fc.assert(property, { numRuns: 25 })
    }
    expect(statuses.filter((status) => status >= 500)).toEqual([])
  })

  it.each(operations)('$id produces each error that the contract documents', ({ id, statuses }) => {
    const seen = world.records.statusesOf(id)
    const missing = statuses.filter((status) => status >= 400 && !seen.has(status) && isProduced(id, status))
    expect(missing).toEqual([])
  })

  it('gives no answer that the contract does not describe', () => {
    expect([...new Set(world.records.misfits)]).toEqual([])
  })
})
