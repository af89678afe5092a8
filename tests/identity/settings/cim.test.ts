import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Contract, openContract } from './contract.ts'
import { ACCESS, newOrganization, openRuntime, type Runtime } from './runtime.ts'

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const HEADERS = basic(`${ACCESS.cim.username}:${ACCESS.cim.password}`)

let runtime: Runtime
let organizationId: string
let cim: Contract
beforeAll(async () => {
  runtime = await openRuntime()
  cim = openContract('onewelcome-cim.openapi.yaml', ({ path, headers, ...call }) =>
    runtime.call({ ...call, path: `/orgs/${organizationId}/cim${path}`, headers: headers ?? HEADERS }),
  )
})
afterAll(() => runtime.close())
beforeEach(async () => {
  organizationId = (await newOrganization(runtime)).organization_id
})

const read = async (operation: string, query = '') => (await cim.call(operation, { query })).json
const write = async (operation: string, body: unknown, params: Record<string, string> = {}) =>
  (await cim.call(operation, { body, params })).status
const writeUnits = (body: unknown) => write('updateConfigurationUnits', body)

describe('a fresh organization', () => {
  it('has every unit, with logins and sign-up on, and one password method that stays', async () => {
    const units = await read('getConfiguration')
    expect(Object.keys(units).sort()).toEqual(
      ['attributes', 'custom_messages', 'features', 'login_methods', 'step_up', 'ui_extension'].sort(),
    )
    expect(units.features).toMatchObject({
      login_enabled: true,
      sign_up_enabled: true,
      configuration_api_enabled: true,
    })
    expect(units.login_methods.login_methods).toEqual([
      {
        id: expect.any(String),
        type: 'USERNAME_AND_PASSWORD',
        name: 'Password',
        authentication_level: 1,
        removable: false,
        enabled: true,
      },
    ])
  })
})

describe.each([
  ['Attributes', 'attributes', { verification: { email_enabled: true } }, { verification: { email_required: true } }],
  ['Features', 'features', { person_activation: { type: 'EMAIL' } }, { person_activation: { enabled: true } }],
  ['StepUp', 'step_up', { actions: { change_email_authentication_level: 2 } }, { stategy: 'USER_PREFERENCE' }],
  ['UiExtension', 'ui_extension', { base_url: 'https://login.example.com' }, { login_path: '/in' }],
])('the unit of get%s', (name, unit, first, second) => {
  it('merges what is sent, field by field', async () => {
    const fresh = await read(`get${name}`)
    expect([await write(`update${name}`, first), await write(`update${name}`, second)]).toEqual([204, 204])
    expect(await read(`get${name}`)).toEqual(merged(merged(fresh, first), second))
  })

  it('is the same inside the whole document, which writes it too', async () => {
    expect(await writeUnits({ [unit]: first })).toBe(204)
    expect((await read('getConfiguration'))[unit]).toEqual(await read(`get${name}`))
    expect(await read(`get${name}`)).toMatchObject(first)
  })

  it('refuses a value of the wrong type with 400', async () => {
    const wrong = Object.fromEntries(Object.keys(first).map((key) => [key, 5]))
    expect(await write(`update${name}`, wrong)).toBe(400)
  })
})

function merged<T>(old: T, sent: unknown): T {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return sent as T
  const fields = Object.entries(sent).map(([k, v]) => [k, merged((old as Record<string, unknown>)[k] ?? {}, v)])
  return { ...old, ...Object.fromEntries(fields) }
}

describe('updateConfigurationUnits', () => {
  it('writes nothing when one unit is not acceptable', async () => {
    const before = await read('getConfiguration')
    const body = { features: { sign_up_enabled: true }, ui_extension: { base_url: 'http://plain.example' } }
    expect(await writeUnits(body)).toBe(400)
    expect(await read('getConfiguration')).toEqual(before)
  })

  it('leaves units alone that are not sent, and accepts an empty body', async () => {
    await writeUnits({ features: { pin_enabled: true } })
    const before = await read('getConfiguration')
    expect(await writeUnits({})).toBe(204)
    expect(await read('getConfiguration')).toEqual(before)
  })

  it('accepts the sections of version 1', async () => {
    const password_policy = {
      min_length: 12,
      max_length: 0,
      lower_case_char_required: true,
      upper_case_char_required: true,
      special_char_required: true,
      breached_password_blocked: true,
    }
    const profile = { required_attributes_validation_rules: [{ any_of: ['BIRTH_DATE', 'PHONE'] }] }
    const messages = { nl: { 'personal.general.next': 'Volgende' } }
    expect(await writeUnits({ password_policy, profile, messages })).toBe(204)
    expect(await read('getConfigurationV1')).toEqual({
      password_policy,
      profile,
      messages: { ...messages, default: {} },
    })
  })

  it.each([
    ['a minimum above the maximum', { password_policy: { ...policy(), min_length: 9, max_length: 8 } }],
    ['a policy that is not whole', { password_policy: { min_length: 9 } }],
    ['logins without an enabled method', { login_methods: { login_methods: [{ ...password(), enabled: false }] } }],
    ['a pattern that does not compile', { features: { custom_email_validation: { before_at_regex: '(' } } }],
    ['a pattern that looks around', { features: { custom_email_validation: { after_at_regex: '(?=a)a' } } }],
    ['a number that is negative', { features: { person_activation: { expiration_time: -1 } } }],
  ])('refuses %s', async (_, body) => {
    expect(await writeUnits(body)).toBe(400)
  })
})

function policy() {
  return {
    min_length: 8,
    max_length: 0,
    lower_case_char_required: false,
    upper_case_char_required: false,
    special_char_required: false,
    breached_password_blocked: false,
  }
}

function password() {
  return { id: 'username-and-password', type: 'USERNAME_AND_PASSWORD', name: 'Password', enabled: true }
}

describe('login methods', () => {
  const list = async () => (await read('getLoginMethods')).login_methods
  const writeList = (login_methods: unknown) => writeUnits({ login_methods: { login_methods } })
  const google = { type: 'GOOGLE', name: 'Google', enabled: true, google_attributes: { clientId: 'x' } }

  it('without an id are created, get ids of their own and may be removed', async () => {
    expect(await writeList([password(), { ...google, attribute_mappings: [{ map_from: 'a', map_to: 'b' }] }])).toBe(204)
    const [, made] = await list()
    expect(made).toMatchObject({ ...google, removable: true, id: expect.any(String) })
    expect(made.attribute_mappings).toEqual([{ id: expect.any(String), map_from: 'a', map_to: 'b' }])
    expect(await writeList([password()])).toBe(204)
    expect(await list()).toHaveLength(1)
  })

  it('with an id keep what is not sent', async () => {
    await writeList([password(), { ...google, authentication_level: 2 }])
    const [kept, made] = await list()
    expect(await writeList([kept, { id: made.id, enabled: false }])).toBe(204)
    expect((await list())[1]).toEqual({ ...made, enabled: false })
  })

  it('never give their secrets back, and keep them when they are written without', async () => {
    const ldap = { type: 'LDAP', name: 'Staff', ladp_attributes: { server_urls: 'ldaps://a', password: 'MARKED-ldap' } }
    const withSecret = { ...google, google_attributes: { clientId: 'x', client_secret: 'MARKED-google' } }
    expect(await writeList([password(), withSecret, ldap])).toBe(204)
    const answer = await cim.call('getConfiguration')
    expect(answer.text).not.toContain('MARKED')
    expect(answer.json.login_methods.login_methods[1].google_attributes).toEqual({ clientId: 'x' })
    expect(await writeList(answer.json.login_methods.login_methods)).toBe(204)
  })

  it('are untouched when only mobile login is sent', async () => {
    await writeList([password(), google])
    const before = await list()
    expect(await writeUnits({ login_methods: { mobile_login: { enabled: true, authentication_type: 'OTP' } } })).toBe(
      204,
    )
    expect(await list()).toEqual(before)
    expect((await read('getLoginMethods')).mobile_login).toMatchObject({ enabled: true, authentication_type: 'OTP' })
  })

  it.each([
    ['the removal of one that is not removable', [google]],
    ['an id that is unknown', [password(), { ...google, id: 'lm-9' }]],
    ['two of one type and name', [password(), google, google]],
    ['a second password method', [password(), { type: 'USERNAME_AND_PASSWORD', name: 'Other' }]],
    ['the block of another type', [password(), { ...google, paypal_attributes: { clientId: 'x' } }]],
    ['a block where the type has none', [{ ...password(), google_attributes: {} }]],
    ['another type for a known id', [{ ...password(), type: 'BANK_ID' }]],
    ['a new one without a name', [password(), { type: 'BANK_ID' }]],
    ['a type that nobody knows', [password(), { type: 'PIGEON', name: 'Pigeon' }]],
    ['one id twice', [password(), password()]],
  ])('refuse %s, and stay as they are', async (_, methods) => {
    const before = await list()
    expect(await writeList(methods)).toBe(400)
    expect(await list()).toEqual(before)
  })

  it('of every type take their own block', async () => {
    const { LoginMethod } = (await import('../../../identity/platform/contract/generated/contracts.ts')).CONTRACTS.cim
    const blocks = Object.entries(LoginMethod['x-block-per-type']).filter(([type]) => type !== 'USERNAME_AND_PASSWORD')
    const methods = blocks.map(([type, block]) => ({ type, name: type, ...(block ? { [block]: {} } : {}) }))
    expect(await writeList([password(), ...methods])).toBe(204)
    expect((await list()).map((m: { type: string }) => m.type)).toEqual([
      'USERNAME_AND_PASSWORD',
      ...blocks.map(([type]) => type),
    ])
  })

  it('show up as identity providers, except the password', async () => {
    await writeList([password(), google])
    expect(await read('listIdentityProviders')).toEqual({
      result: [
        {
          id: expect.any(String),
          name: 'Google',
          type: 'google',
          saml_properties: { authn_context: 'urn:com:onegini:saml:google' },
        },
      ],
    })
  })
})

describe('custom messages', () => {
  const nl = { params: { locale_variant: 'nl' } }

  it('are replaced whole by PUT', async () => {
    await write('replaceCustomMessages', { default: { a: '1' }, locales: { nl: { a: 'een' }, de: { a: 'eins' } } })
    expect(await write('replaceCustomMessages', { locales: { nl: { b: 'twee' } } })).toBe(204)
    expect(await read('getCustomMessages')).toEqual({ default: {}, locales: { nl: { b: 'twee' } } })
  })

  it('are added and changed by a batch, which leaves the others', async () => {
    await write('upsertLocaleMessages', { a: 'een', b: 'twee' }, nl.params)
    expect(await write('upsertLocaleMessages', { b: 'TWEE', c: 'drie' }, nl.params)).toBe(204)
    expect((await read('getCustomMessages')).locales).toEqual({ nl: { a: 'een', b: 'TWEE', c: 'drie' } })
  })

  it('are the fallback texts under the locale default', async () => {
    await write('upsertLocaleMessages', { a: 'one' }, { locale_variant: 'default' })
    expect(await read('getCustomMessages')).toEqual({ default: { a: 'one' }, locales: {} })
  })

  it('may have the key batch', async () => {
    await write('upsertLocaleMessages', { batch: 'stapel' }, nl.params)
    const params = { locale_variant: 'nl', message_key: 'batch' }
    expect((await cim.call('deleteCustomMessage', { params })).status).toBe(204)
  })

  it('go one by one, and a locale with its last text', async () => {
    await write('upsertLocaleMessages', { 'a/b c': 'een' }, nl.params)
    const gone = { params: { locale_variant: 'nl', message_key: 'a/b c' } }
    expect((await cim.call('deleteCustomMessage', gone)).status).toBe(204)
    expect((await cim.call('deleteCustomMessage', gone)).status).toBe(404)
    expect((await read('getCustomMessages')).locales).toEqual({})
  })

  it('are read with the locales wrapped once more, too', async () => {
    await write('replaceCustomMessages', { locales: { locales: { nl: { a: 'een' } } } })
    expect((await read('getCustomMessages')).locales).toEqual({ nl: { a: 'een' } })
  })

  it('may be those of a locale that is named like a member of every object', async () => {
    const named = { params: { locale_variant: 'constructor', message_key: 'name' } }
    expect((await cim.call('deleteCustomMessage', named)).status).toBe(404)
    expect(await write('upsertLocaleMessages', { name: 'x' }, named.params)).toBe(204)
    expect((await read('getCustomMessages')).locales).toEqual({ constructor: { name: 'x' } })
  })

  it.each(['__proto__', 'nl-', 'n..l', 'x'.repeat(65)])('refuse the locale %s', async (locale_variant) => {
    expect(await write('upsertLocaleMessages', { a: 'x' }, { locale_variant })).toBe(400)
  })
})

describe('whitelisted URLs', () => {
  const urls = async () => (await read('listWhitelistedUrls')).whitelisted_urls
  const url = 'https://app.example.com/return'

  it('are added with an id, once', async () => {
    expect([await write('addWhitelistedUrl', { url }), await write('addWhitelistedUrl', { url })]).toEqual([201, 201])
    await write('addWhitelistedUrl', { url: 'HTTPS://APP.example.com:443/return' })
    expect(await urls()).toEqual([{ id: expect.any(String), url }])
  })

  it('go by their id', async () => {
    await write('addWhitelistedUrl', { url })
    const params = { 'url-id': (await urls())[0].id }
    expect((await cim.call('deleteWhitelistedUrl', { params })).status).toBe(204)
    expect((await cim.call('deleteWhitelistedUrl', { params })).status).toBe(404)
    expect(await urls()).toEqual([])
  })

  it('are replaced by a list inside the features, and keep the ids of URLs that stay', async () => {
    await write('addWhitelistedUrl', { url })
    const [kept] = await urls()
    const list = [{ url }, { url: 'https://other.example/' }]
    expect(await write('updateFeatures', { action_token: { whitelisted_urls: list } })).toBe(204)
    expect(await urls()).toEqual([kept, { id: expect.any(String), url: 'https://other.example/' }])
    await write('updateFeatures', { action_token: { login: { enabled: true } } })
    expect(await urls()).toHaveLength(2)
  })

  it.each(['not a url', '/relative', undefined])('refuse %s', async (wrong) => {
    expect(await write('addWhitelistedUrl', { url: wrong })).toBe(400)
  })
})

describe('version 1', () => {
  it('answers the sections that are asked for', async () => {
    expect(Object.keys(await read('getConfigurationV1', '?fields=profile,messages'))).toEqual(['profile', 'messages'])
    expect(Object.keys(await read('getConfigurationV1')).sort()).toEqual(['messages', 'password_policy', 'profile'])
  })

  it('refuses a section that nobody knows', async () => {
    expect((await cim.call('getConfigurationV1', { query: '?fields=profile,features' })).status).toBe(400)
  })

  it('reloads the extension', async () => {
    expect((await cim.call('reloadExtension')).status).toBe(200)
  })

  it('answers 405 to a write', async () => {
    const path = `/orgs/${organizationId}/cim/api/config`
    const answer = await runtime.call({ method: 'PUT', path, headers: HEADERS, body: {} })
    expect([answer.status, answer.text]).toEqual([405, ''])
  })
})

describe('the configuration API when it is switched off', () => {
  it('answers 409 in version 2 and 500 in version 1, to everything, for good', async () => {
    expect(await write('updateFeatures', { configuration_api_enabled: false })).toBe(204)
    const statuses = await Promise.all(
      cim.operations.map(async ({ id, path, example }) => {
        const params = { locale_variant: 'nl', message_key: 'a', 'url-id': 'x' }
        const { status } = await cim.call(id, { params, ...(example === undefined ? {} : { body: example }) })
        return [id, status === (path.startsWith('/api/v2/') ? 409 : 500)]
      }),
    )
    expect(statuses.filter(([, good]) => !good)).toEqual([])
  })
})

describe('access to CIM', () => {
  it.each([[{}], [basic('cim:wrong')], [basic('wrong:MARKED:cim')], [basic('cim')], [{ authorization: 'Basic !' }]])(
    'answers 401 without a body to every operation for %j',
    async (headers) => {
      const answers = await Promise.all(
        cim.operations.map((o) => cim.call(o.id, { headers, params: { locale_variant: 'nl' } })),
      )
      expect(new Set(answers.map((a) => `${a.status}${a.text}`))).toEqual(new Set(['401']))
    },
  )
})
