import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openContract, openWorld, type World } from './world.ts'

let world: World
let contract: Awaited<ReturnType<typeof openContract>>
beforeAll(async () => {
  world = await openWorld()
  contract = await openContract('secrets-vault.openapi.yaml')
})
afterAll(() => world.close())

let count = 0
const fresh = () => `t-${++count}`

describe('createTenant', () => {
  it('answers 201 with null', async () => {
    const { status, body, headers } = await world.send('POST', '/v1/tenants', { tenant_id: fresh() })
    expect({ status, body }).toEqual({ status: 201, body: null })
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
  })

  it('fills in every default of the contract', async () => {
    const tenant_id = fresh()
    await world.send('POST', '/v1/tenants', { tenant_id })
    const { body } = await world.send('GET', `/v1/tenants/${tenant_id}`)
    expect(body).toEqual({
      tenant_id,
      register_enable: false,
      is_2fa: false,
      use_pin: true,
      pin_size: 6,
      use_pattern: true,
      patter_size: 3,
      use_face_recognition: false,
      use_liveness: false,
      display_name: '',
      show_pin_when_typing: true,
      block_config: {
        ip_attempts_limit: 5,
        ip_attempts_reset_minutes: 10080,
        user_attempts_limit: 15,
        user_timeframe_seconds: 300,
        initial_block_seconds: 60,
        max_block_time_minutes: 2880,
      },
      login_order: ['PIN', 'PATTERN'],
      passkey_enabled: false,
      has_username_and_email: true,
      liveness_config: null,
      // Our additions.
      refuses_weak_secrets: true,
      trusts_directory_addresses: false,
    })
  })

  it('lets one of many parallel creations of an id win', async () => {
    const tenant_id = fresh()
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.send('POST', '/v1/tenants', { tenant_id })))
    expect(answers.map((a) => a.status).toSorted()).toEqual([201, 409, 409, 409, 409, 409, 409, 409])
  })

  it.each([
    ['a reserved id', { tenant_id: 'v1' }, 'tenant_id'],
    ['another reserved id', { tenant_id: '.well-known' }, 'tenant_id'],
    ['an id with a slash', { tenant_id: 'a/b' }, 'tenant_id'],
    ['a missing id', {}, 'tenant_id'],
    ['a PIN of 3 digits', { tenant_id: 'x', pin_size: 3 }, 'pin_size'],
    ['a PIN of 13 digits', { tenant_id: 'x', pin_size: 13 }, 'pin_size'],
    ['a number as text', { tenant_id: 'x', pin_size: '6' }, 'pin_size'],
    ['a grid of 6', { tenant_id: 'x', patter_size: 6 }, 'patter_size'],
    ['no way to log in', { tenant_id: 'x', use_pin: false, use_pattern: false }, 'use_pin'],
    ['a login order without an enabled step', { tenant_id: 'x', login_order: ['PIN'] }, 'login_order'],
    [
      'a login order with a disabled step',
      { tenant_id: 'x', use_pin: false, login_order: ['PIN', 'PATTERN'] },
      'login_order',
    ],
    ['a second factor without passkeys', { tenant_id: 'x', is_2fa: true }, 'is_2fa'],
    ['a lockout that never starts', { tenant_id: 'x', block_config: { ip_attempts_limit: 0 } }, 'block_config'],
    ['steps_min above steps_max', { tenant_id: 'x', liveness_config: { number_steps_min: 9 } }, 'liveness_config'],
  ])('refuses %s', async (_, body, field) => {
    const answer = await world.send('POST', '/v1/tenants', body)
    expect(answer.status).toBe(422)
    expect(contract.problems('ValidationErrorBody', answer.body)).toBe('')
    expect(answer.body.detail[0].loc.slice(0, 2)).toEqual(['body', field])
  })

  it('says 422 to a body that is not JSON', async () => {
    const { status, body } = await world.send('POST', '/v1/tenants', '{"tenant_id":')
    expect({ status, type: body.detail[0].type }).toEqual({ status: 422, type: 'json_invalid' })
  })
})

describe('getTenant and listTenants', () => {
  it('answer in the shape of the contract', async () => {
    const tenant = await world.tenant()
    expect(contract.problems('Tenant', (await world.send('GET', `/v1/tenants/${tenant}`)).body)).toBe('')
    expect(contract.problems('TenantList', (await world.send('GET', '/v1/tenants')).body)).toBe('')
  })

  it('answer 404 for an unknown tenant', async () => {
    expect((await world.send('GET', '/v1/tenants/nobody')).status).toBe(404)
  })
})

describe('updateTenant', () => {
  const update = async (change: object, at: object = {}) => {
    const tenant_id = fresh()
    await world.send('POST', '/v1/tenants', { tenant_id, ...at })
    const answer = await world.send('PUT', `/v1/tenants/${tenant_id}`, { display_name: 'Acme', ...change })
    return { ...answer, tenant: (await world.send('GET', `/v1/tenants/${tenant_id}`)).body }
  }

  it('answers 200 with null', async () => {
    const { status, body } = await update({})
    expect({ status, body }).toEqual({ status: 200, body: null })
  })

  it('gives an omitted field with a default its default', async () => {
    expect((await update({}, { pin_size: 8, register_enable: true })).tenant).toMatchObject({
      pin_size: 6,
      register_enable: false,
    })
  })

  it.each([undefined, null])('keeps block_config, login_order and liveness_config when they are %s', async (value) => {
    const stored = {
      block_config: { ip_attempts_limit: 3 },
      login_order: ['PATTERN', 'PIN'],
      liveness_config: { number_steps_min: 2 },
    }
    const { tenant } = await update({ block_config: value, login_order: value, liveness_config: value }, stored)
    expect(tenant).toMatchObject({
      block_config: { ip_attempts_limit: 3 },
      login_order: ['PATTERN', 'PIN'],
      liveness_config: { number_steps_min: 2 },
    })
  })

  it('keeps whether secrets that are easy to guess are refused, unless it says so', async () => {
    expect((await update({})).tenant.refuses_weak_secrets).toBe(true)
    expect((await update({}, { refuses_weak_secrets: false })).tenant.refuses_weak_secrets).toBe(false)
    expect((await update({ refuses_weak_secrets: false })).tenant.refuses_weak_secrets).toBe(false)
    expect((await update({ refuses_weak_secrets: 'no' })).status).toBe(422)
  })

  it('fits a kept login order to the enabled steps', async () => {
    expect((await update({ use_pin: false })).tenant.login_order).toEqual(['PATTERN'])
  })

  it('keeps is_2fa, which it cannot change', async () => {
    const { tenant } = await update({ is_2fa: false, passkey_enabled: true }, { is_2fa: true, passkey_enabled: true })
    expect(tenant.is_2fa).toBe(true)
  })

  it('refuses to switch passkeys off while two factors are demanded', async () => {
    const { status } = await update({ passkey_enabled: false }, { is_2fa: true, passkey_enabled: true })
    expect(status).toBe(422)
  })

  it('demands a display name', async () => {
    const tenant = await world.tenant()
    expect((await world.send('PUT', `/v1/tenants/${tenant}`, {})).body.detail[0].loc).toEqual(['body', 'display_name'])
  })

  it('answers 404 for an unknown tenant', async () => {
    expect((await world.send('PUT', '/v1/tenants/nobody', { display_name: 'x' })).status).toBe(404)
  })
})
