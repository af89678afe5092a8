import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Contract, openContract } from './contract.ts'
import { ACCESS, newOrganization, openRuntime, type Runtime } from './runtime.ts'

const HEADERS = {
  'x-pigello-customer-id': ACCESS.pigello.customer_id,
  'x-pigello-application-id': ACCESS.pigello.application_id,
  'x-pigello-service-id': ACCESS.pigello.service_id,
  'x-pigello-service-version-id': ACCESS.pigello.service_version_id,
  'x-pigello-client-ct': ACCESS.pigello.client_ct,
  'x-pigello-client-entity': ACCESS.pigello.client_entity,
  'x-pigello-client-secret': ACCESS.pigello.client_secret,
}

let runtime: Runtime
let organization: { organization_id: string; id: string }
let pigello: Contract
beforeAll(async () => {
  runtime = await openRuntime()
})
afterAll(() => runtime.close())
beforeEach(async () => {
  organization = await newOrganization(runtime)
  pigello = openContract('pigello.openapi.yaml', ({ path, headers, ...call }) =>
    runtime.call({
      ...call,
      path: `/orgs/${organization.organization_id}/pigello${path}`,
      headers: headers ?? HEADERS,
    }),
  )
})

const create = async (body: unknown = {}) => (await pigello.call('createSecurityConfiguration', { body })).json

describe('createSecurityConfiguration', () => {
  it('answers 201 with every field settled and an id of its own', async () => {
    const answer = await pigello.call('createSecurityConfiguration', { body: { require_mfa_for_customers: true } })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      created_at: '2026-01-01T00:00:00.000Z',
      require_mfa_for_customers: true,
      customers_can_use_hotp_login: false,
      password_expiration_days: null,
      organization: null,
    })
  })

  it('takes every writable field as it is sent', async () => {
    const body = {
      customers_can_use_bankid_login: true,
      require_mfa_for_customers: true,
      customers_can_use_hotp_login: true,
      password_expiration_days: 14,
      non_customers_can_use_bankid_login: true,
      non_customers_can_use_hotp_login: true,
      custom_id: 'acme',
      require_mfa_for_non_customers: true,
      organization: { id: organization.id },
      approved_non_customer_hotp_email_domains: ['example.com'],
    }
    expect(await create(body)).toMatchObject(body)
  })

  it('ignores what nobody may set', async () => {
    const made = await create({ id: '0b4b5f2e-6a3e-4f43-9c2e-1d1f4f0c8a55', created_at: 'x', unheard_of: 1 })
    expect(made.id).not.toBe('0b4b5f2e-6a3e-4f43-9c2e-1d1f4f0c8a55')
    expect(made).not.toHaveProperty('unheard_of')
  })

  it('answers 409 for a second one of the organization, and for a second fallback', async () => {
    const own = { organization: { id: organization.id } }
    await create(own)
    await create()
    expect((await pigello.call('createSecurityConfiguration', { body: own })).status).toBe(409)
    expect((await pigello.call('createSecurityConfiguration', { body: {} })).status).toBe(409)
  })

  it.each([
    ['password_expiration_days', { password_expiration_days: 13 }],
    ['password_expiration_days', { password_expiration_days: 2_147_483_648 }],
    ['require_mfa_for_customers', { require_mfa_for_customers: null }],
    ['custom_id', { custom_id: 'x'.repeat(129) }],
    ['organization', { organization: { id: '497f6eca-6276-4993-bfeb-53cbbbba6f08' } }],
    ['organization', { organization: {} }],
    ['approved_non_customer_hotp_email_domains', { approved_non_customer_hotp_email_domains: 'example.com' }],
  ])('answers 400 with a message for %s', async (field, body) => {
    const answer = await pigello.call('createSecurityConfiguration', { body })
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.json)).toEqual([field])
  })

  it('answers 400 for a body that is not JSON', async () => {
    expect((await pigello.call('createSecurityConfiguration', { body: '{"a":' })).status).toBe(400)
  })
})

describe('getSecurityConfiguration', () => {
  it('answers what was created', async () => {
    const made = await create({ custom_id: 'mine' })
    const answer = await pigello.call('getSecurityConfiguration', { params: { pk: made.id } })
    expect([answer.status, answer.json]).toEqual([200, made])
  })

  it('answers 404 for a key that is unknown, also when it is the one of another organization', async () => {
    const made = await create()
    organization = await newOrganization(runtime)
    const answer = await pigello.call('getSecurityConfiguration', { params: { pk: made.id } })
    expect(answer.status).toBe(404)
  })
})

describe('updateSecurityConfiguration', () => {
  const update = async (pk: string, body: unknown) =>
    pigello.call('updateSecurityConfiguration', { params: { pk }, body })

  it('changes the sent fields, keeps the others, and empties by null', async () => {
    const made = await create({ custom_id: 'mine', password_expiration_days: 90, require_mfa_for_customers: true })
    const answer = await update(made.id, { password_expiration_days: null, customers_can_use_hotp_login: true })
    const expected = { ...made, password_expiration_days: null, customers_can_use_hotp_login: true }
    expect([answer.status, answer.json]).toEqual([200, expected])
  })

  it('replaces lists whole', async () => {
    const made = await create({ approved_non_customer_hotp_email_domains: ['a.example', 'b.example'] })
    const answer = await update(made.id, { approved_non_customer_hotp_email_domains: ['c.example'] })
    expect(answer.json.approved_non_customer_hotp_email_domains).toEqual(['c.example'])
  })

  it('changes nothing for an empty body', async () => {
    const made = await create({ custom_id: 'mine' })
    expect((await update(made.id, {})).json).toEqual(made)
  })

  it('answers 400 for null in a switch and leaves the configuration as it was', async () => {
    const made = await create({ require_mfa_for_customers: true })
    expect((await update(made.id, { custom_id: 'x', require_mfa_for_customers: null })).status).toBe(400)
    expect((await pigello.call('getSecurityConfiguration', { params: { pk: made.id } })).json).toEqual(made)
  })

  it('answers 404 for an unknown key', async () => {
    expect((await update('0b4b5f2e-6a3e-4f43-9c2e-1d1f4f0c8a55', {})).status).toBe(404)
  })

  it('answers 409 when the organization has another configuration', async () => {
    await create({ organization: { id: organization.id } })
    const fallback = await create()
    expect((await update(fallback.id, { organization: { id: organization.id } })).status).toBe(409)
  })
})

describe('access to Pigello', () => {
  it.each(Object.keys(HEADERS))('answers 401 without %s, and with a wrong one', async (name) => {
    const { [name as keyof typeof HEADERS]: _, ...others } = HEADERS
    const params = { pk: 'x' }
    const without = await pigello.call('getSecurityConfiguration', { params, headers: others })
    const wrong = await pigello.call('getSecurityConfiguration', { params, headers: { ...HEADERS, [name]: 'wrong' } })
    expect([without.status, wrong.status]).toEqual([401, 401])
  })

  it('answers 401 for an organization that does not exist', async () => {
    organization = { ...organization, organization_id: 'nobody' }
    expect((await pigello.call('createSecurityConfiguration', { body: {} })).status).toBe(401)
  })

  it('answers 404 without the slash at the end, and 405 for a method that is not offered', async () => {
    const base = `/orgs/${organization.organization_id}/pigello/configurations/securityconfiguration`
    const bare = await runtime.call({ method: 'POST', path: base, body: {}, headers: HEADERS })
    const list = await runtime.call({ method: 'GET', path: `${base}/`, headers: HEADERS })
    expect([bare.status, list.status, list.headers.get('allow')]).toEqual([404, 405, 'POST'])
  })
})
