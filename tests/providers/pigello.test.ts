import { describe, expect, it } from 'vitest'
import { bodyOf, Probe, scene, signal } from './observed-world.ts'

const s = scene()
const PATH = '/configurations/securityconfiguration/'
const probe = (id?: string): Probe =>
  new Probe(s.connect('Pigello'), 'SecurityConfiguration', id === undefined ? {} : { id })

describe('SecurityConfiguration', () => {
  it('carries all seven headers on every call', async () => {
    await probe('some-pk').observe()
    expect(s.proxy.seen[0]?.headers).toMatchObject({
      'x-pigello-customer-id': 'planted-customer',
      'x-pigello-application-id': 'planted-application',
      'x-pigello-service-id': 'planted-service',
      'x-pigello-service-version-id': 'planted-version',
      'x-pigello-client-ct': 'planted-ct',
      'x-pigello-client-entity': 'planted-entity',
      'x-pigello-client-secret': 'planted-pigello',
    })
  })

  it('is not looked for without an id: there is nothing to search by', async () => {
    expect(await probe().observe()).toBeUndefined()
    expect(s.calls()).toEqual([])
  })

  it('is absent when its id has vanished', async () => {
    expect(await probe('0b4b5f2e-6a3e-4f43-9c2e-1d1f4f0c8a55').observe()).toBeUndefined()
    expect(s.calls()).toEqual([`GET ${PATH}0b4b5f2e-6a3e-4f43-9c2e-1d1f4f0c8a55/`])
  })

  it('is created with all ten writable fields: what is not named is off or empty', async () => {
    await probe().create({ customers: { bankId: true }, passwordExpirationDays: 90 })
    expect(bodyOf(s.proxy.seen[0])).toEqual({
      customers_can_use_bankid_login: true,
      customers_can_use_hotp_login: false,
      require_mfa_for_customers: false,
      non_customers_can_use_bankid_login: false,
      non_customers_can_use_hotp_login: false,
      require_mfa_for_non_customers: false,
      password_expiration_days: 90,
      custom_id: null,
      organization: null,
      approved_non_customer_hotp_email_domains: null,
    })
  })

  it('sends a change alone, and null to empty a field', async () => {
    const { id } = await probe().create({ passwordExpirationDays: 90, customId: 'kept' })
    await probe(id).update({ passwordExpirationDays: null, customId: 'kept' })
    const sent = s.proxy.seen.find(({ method }) => method === 'PATCH')
    expect(bodyOf(sent)).toEqual({ password_expiration_days: null })
  })

  it('is created once even when the answer is lost, and the error says what to do', async () => {
    s.proxy.inject({ kind: 'cut', afterwards: true })
    await expect(probe().create({})).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      retry: 'never',
      help: expect.stringContaining('externalRef'),
    })
    expect(s.calls()).toEqual([`POST ${PATH}`])
  })

  it('asks for the pk when the organization has one already', async () => {
    await probe().create({})
    await expect(probe().create({})).rejects.toMatchObject({ code: 'CONFLICT', help: expect.stringContaining('pk') })
  })

  it('says that it cannot be deleted', async () => {
    const { id } = await probe().create({})
    const p = probe(id)
    await expect(p.adapter.delete(p.target, await p.present(), signal)).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it('cannot be made to call another address by its id', async () => {
    await expect(probe('..').observe()).rejects.toMatchObject({ code: 'REFUSED' })
    await expect(probe('\ud800').observe()).rejects.toMatchObject({ code: 'REFUSED' })
    await probe('../../elsewhere').observe()
    expect(s.calls()).toEqual([`GET ${PATH}..%2F..%2Felsewhere/`])
  })
})
