import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Deps } from '../../../identity/deps.ts'
import { putSecret } from '../../../identity/directory/login-secrets.ts'
import type { Method } from '../../../identity/directory/methods.ts'
import { ORGANIZATIONS, type Organization } from '../../../identity/directory/organizations.ts'
import { requireTenant } from '../../../identity/directory/tenants.ts'
import { requireUser } from '../../../identity/directory/users.ts'
import { afterFactor, type Factor } from '../../../identity/login/factors.ts'
import { recorded } from '../../../identity/login/login-record.ts'
import { requirePending } from '../../../identity/login/pending-login.ts'
import { AUDIT_RECORDS } from '../../../identity/platform/audit/log.ts'
import { NAVIXY, type NavixySettings } from '../../../identity/settings/navixy/settings.ts'
import { changeSettings } from '../../../identity/settings/store.ts'
import { GLOBAL } from '../../../identity/store/store.ts'
import { openPasswordWorld, type PasswordWorld } from '../password/world.ts'

let world: PasswordWorld
let deps: Deps
let close: () => Promise<void>
beforeAll(async () => {
  const opened = await openPasswordWorld()
  world = opened.world
  deps = opened.login.deps
  close = opened.close
})
afterAll(() => close())

const STEP_UP = {
  authentication_methods: { pin_authentication_level: 2, email_authentication_level: 3, push_authentication_level: 5 },
  actions: { change_email_authentication_level: 4, default_step_up_authentication_level: 3 },
}
const STEPPING = {
  features: { pin_enabled: true, mobile_authentication_enabled: true },
  attributes: { verification: { email_enabled: true } },
  step_up: STEP_UP,
}
const PIN: Factor = { kind: 'knowledge', userId: 'jane', methods: ['pin', 'pattern'] }
const PASSWORD: Factor = { kind: 'knowledge', userId: 'jane', methods: ['password'] }
const CODE: Factor = { kind: 'possession', userId: 'jane', methods: ['otp'] }
const PASSKEY: Factor = { kind: 'possession', userId: 'jane', methods: ['passkey'] }

/** A tenant in which jane has a login secret. */
async function place(tenantFields: object = {}, jane: object = {}) {
  const found = await world.tenant(tenantFields)
  const body = { user_id: 'jane', username: 'jane', email: 'jane@example.com', tenant_id: found.tenant }
  await world.login.admin('POST', `/v1/tenants/${found.tenant}/users`, { is_verified: true, ...body, ...jane })
  const tenant = await requireTenant(deps, found.tenant)
  await putSecret(deps, tenant, await requireUser(deps, found.tenant, 'jane'), 'a commitment')
  return found
}

/** Shows factors one after the other in one login; says whether each answer asks for more. */
async function show(tenant: string, factors: readonly Factor[], acr?: string): Promise<readonly boolean[]> {
  const handle = await world.login.begin(tenant, acr === undefined ? {} : { acr_values: acr })
  const answers: boolean[] = []
  for (const factor of factors) {
    const login = await requirePending(deps, handle)
    answers.push((await afterFactor(deps, login, factor)).need_verify)
  }
  return answers
}

const REFUSED = 'the login was not accepted'
const organizationOf = async (id: string): Promise<Organization> =>
  (await deps.store.get(ORGANIZATIONS, GLOBAL, id)) as Organization

describe('two factors', () => {
  it('are needed by whom Pigello demands them of, in any order', async () => {
    const { tenant, organization } = await place({}, { roles: ['customer'] })
    await world.pigello(organization, { require_mfa_for_customers: true, customers_can_use_hotp_login: true })
    expect(await show(tenant, [PIN, CODE])).toEqual([true, false])
    expect(await show(tenant, [PASSKEY, PIN])).toEqual([true, false])
  })

  it('are not needed by the other group', async () => {
    const { tenant, organization } = await place({}, { roles: ['caretaker'] })
    await world.pigello(organization, { require_mfa_for_customers: true })
    expect(await show(tenant, [PIN])).toEqual([false])
  })

  it('are needed by whom Navixy switched the code on for', async () => {
    const { tenant, organization } = await place({}, { external_id: '2101' })
    const users: NavixySettings = { users: { 2101: { type: 'allowed', factor_types: ['email'] } } }
    await changeSettings(deps, await organizationOf(organization), NAVIXY, () => users)
    expect(await show(tenant, [PIN, CODE])).toEqual([true, false])
  })

  it('of the same kind do not count twice', async () => {
    const { tenant, organization } = await place({}, { roles: ['customer'] })
    await world.cim(organization, {})
    await world.pigello(organization, { require_mfa_for_customers: true, customers_can_use_hotp_login: true })
    expect(await show(tenant, [PIN, PASSWORD])).toEqual([true, true])
    expect(await show(tenant, [CODE, PASSKEY])).toEqual([true, true])
  })

  it('include a passkey where the tenant demands two, whatever else would do', async () => {
    const { tenant, organization } = await place({ is_2fa: true }, { roles: ['customer'] })
    await world.pigello(organization, { require_mfa_for_customers: true, customers_can_use_hotp_login: true })
    expect(await show(tenant, [PIN, CODE, PASSKEY])).toEqual([true, true, false])
  })

  it('are of one user', async () => {
    const { tenant } = await place({ is_2fa: true })
    await expect(show(tenant, [PIN, { ...PASSKEY, userId: 'joe' }])).rejects.toThrow(REFUSED)
  })

  it('that nobody can show are no login', async () => {
    const { tenant, organization } = await place({ passkey_enabled: false })
    await world.pigello(organization, { require_mfa_for_customers: true })
    await expect(show(tenant, [PIN])).rejects.toThrow(REFUSED)
  })
})

describe('a method that is not accepted', () => {
  it('is refused like a wrong secret, and the audit log says which setting refused it', async () => {
    const { tenant, organization } = await place({}, { roles: ['customer'] })
    await world.pigello(organization, { customers_can_use_hotp_login: false })
    const record = { event: 'login', userId: 'jane' }
    await expect(recorded(deps, tenant, record, () => show(tenant, [CODE]))).rejects.toThrow(REFUSED)
    const { items } = await deps.store.find(AUDIT_RECORDS, tenant, { limit: 100 })
    expect(items.at(-1)).toMatchObject({
      event: 'login.refused',
      subject: { reason: 'otp is not accepted (SecurityConfiguration/customers/hotp)' },
    })
  })

  it.each<[string, object, readonly Method[]]>([
    ['a passkey where the tenant takes none', { passkey_enabled: false }, ['passkey']],
    ['a PIN where the tenant takes none', { use_pin: false, use_pattern: false }, ['pin']],
  ])('%s', async (_, tenantFields, methods) => {
    const { tenant } = await place(tenantFields)
    await expect(show(tenant, [{ kind: 'knowledge', userId: 'jane', methods }])).rejects.toThrow(REFUSED)
  })

  it('does not void a login secret that has another step besides', async () => {
    const { tenant } = await place({ use_pattern: false })
    expect(await show(tenant, [PIN])).toEqual([false])
  })

  it('is every one while CIM has logins switched off', async () => {
    const { tenant, organization } = await place()
    await world.cim(organization, { features: { login_enabled: false } })
    await expect(show(tenant, [PIN])).rejects.toThrow(REFUSED)
  })
})

describe('an address that has yet to be verified', () => {
  it('keeps its user out, who is mailed a code to verify it', async () => {
    const { tenant, organization } = await place({}, { is_verified: false })
    await world.cim(organization, { attributes: { verification: { email_enabled: true, email_required: true } } })
    await expect(show(tenant, [PIN])).rejects.toThrow(REFUSED)
    const code = await world.login.codeFor(tenant, 'jane@example.com')
    await world.login.send('POST', '/v1/users/email/verify', { code })
    expect(await show(tenant, [PIN])).toEqual([false])
  })

  it('is not verified by mail where CIM verifies none', async () => {
    const { tenant, organization } = await place({}, { is_verified: false })
    await world.cim(organization, { attributes: { verification: { email_enabled: false, email_required: true } } })
    await expect(show(tenant, [PIN])).rejects.toThrow(REFUSED)
    expect(await world.login.mailTo(tenant, 'jane@example.com')).toBeUndefined()
  })
})

describe('a client that asks for an acr', () => {
  it.each([
    ['urn:plumbline:acr:multi-factor', [PIN, PASSKEY], [true, false]],
    ['urn:plumbline:acr:level:2', [PIN], [false]],
    ['urn:plumbline:acr:level:4', [PIN, PASSKEY], [true, false]],
    ['urn:plumbline:acr:step-up', [PIN, PASSKEY], [true, false]],
    ['urn:plumbline:acr:level:9 urn:plumbline:acr:level:2', [PIN], [false]],
    ['urn:example:unknown', [PIN], [false]],
  ])('%s', async (acr, factors, answers) => {
    const { tenant, organization } = await place()
    await world.cim(organization, STEPPING)
    expect(await show(tenant, factors, acr)).toEqual(answers)
  })

  it('gets no login of a level that nobody reaches', async () => {
    const { tenant, organization } = await place()
    await world.cim(organization, STEPPING)
    await expect(show(tenant, [PIN], 'urn:plumbline:acr:level:9')).rejects.toThrow(REFUSED)
  })
})

describe('guesses', () => {
  it('are stopped earlier where mobile login allows fewer', async () => {
    const { tenant, organization } = await place()
    await world.cim(organization, {
      login_methods: { mobile_login: { enabled: true, allowed_login_attempts: 2 } },
    })
    const login = await requirePending(deps, await world.login.begin(tenant))
    expect(login.policy.lockout.user_attempts_limit.value).toBe(2)
  })
})

describe('sign-up', () => {
  it('is closed where CIM has it closed, whatever the tenant says', async () => {
    const { tenant, organization } = await world.tenant()
    await world.cim(organization, { features: { sign_up_enabled: false } })
    expect((await world.login.register(tenant)).status).toBe(403)
  })

  it('takes addresses that fit the patterns only', async () => {
    const { tenant, organization } = await world.tenant()
    const patterns = { enabled: true, before_at_regex: '[a-z]+', after_at_regex: 'example\\.com' }
    await world.cim(organization, { features: { sign_up_enabled: true, custom_email_validation: patterns } })
    expect((await world.login.register(tenant, 'jane', { email: 'jane@elsewhere.example' })).status).toBe(422)
    expect((await world.login.register(tenant)).status).toBe(201)
  })

  it('is not stopped by a pattern that never ends', async () => {
    const { tenant, organization } = await world.tenant()
    const patterns = { enabled: true, before_at_regex: '(a+)+', after_at_regex: '.*' }
    await world.cim(organization, { features: { sign_up_enabled: true, custom_email_validation: patterns } })
    const email = `${'a'.repeat(60)}!@example.com`
    expect((await world.login.register(tenant, 'jane', { email })).status).toBe(422)
  })

  describe('with a mobile number', () => {
    const asking = { sign_up_form_fields: { mobile_number_enabled: true } }
    const needing = { ...asking, person_creation_mandatory_fields: { mobile_number_required: true } }
    const signUp = async (attributes: object, more: object) => {
      const { tenant, organization } = await world.tenant()
      await world.cim(organization, { attributes })
      const { status } = await world.login.register(tenant, 'jane', more)
      const { body } = await world.login.admin('GET', `/scim/v2/${tenant}/Users?filter=userName eq "jane"`)
      return [status, body.Resources[0]?.phoneNumbers?.[0]?.value]
    }

    it.each<[string, object, object, readonly [number, string?]]>([
      ['is kept', asking, { mobile_number: '+49 1512 3456789' }, [201, '+4915123456789']],
      ['may be left out', asking, {}, [201]],
      ['has to be one', asking, { mobile_number: '12345' }, [422]],
      ['has to be there where the person needs one', needing, {}, [422]],
      ['is not kept where nobody asks for it', {}, { mobile_number: '+49 1512 3456789' }, [201]],
    ])('it %s', async (_, attributes, more, [status, number]) => {
      expect(await signUp(attributes, more)).toEqual([status, number])
    })

    it('is closed where the person needs one that the form does not ask for', async () => {
      expect(await signUp({ ...needing, sign_up_form_fields: {} }, {})).toEqual([403, undefined])
    })
  })
})
