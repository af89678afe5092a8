import { describe, expect, it } from 'vitest'
import { Secret } from '../../reconciler/secret.ts'
import { bodyOf, Probe, scene, signal } from './observed-world.ts'

const s = scene()
const CONFIG = '/api/v2/config'
const READ = `GET ${CONFIG}`
const probe = (kind: string, key = '', session = s.connect('OneWelcomeCim')): Probe => new Probe(session, kind, { key })
const lastWrite = () => s.proxy.seen.findLast(({ method }) => method !== 'GET')
const facebook = (displayName: string) => ({
  type: 'Facebook',
  displayName,
  enabled: true,
  facebook: { clientId: 'app', clientSecret: new Secret('planted-facebook') },
})

/** Changes the whole document on its way back. */
function alterConfig(change: (document: Record<string, unknown>) => unknown): void {
  s.proxy.inject(
    { kind: 'alter', change: (body) => change(body as Record<string, unknown>) },
    { matches: ({ method, url }) => method === 'GET' && url.endsWith(CONFIG) },
  )
}

describe('the document', () => {
  it('is read once for all kinds of a session', async () => {
    const session = s.connect('OneWelcomeCim')
    for (const kind of ['CimFeatures', 'CimStepUp', 'CimUiExtension', 'CimMobileLogin']) {
      await probe(kind, '', session).observe()
    }
    await probe('CimLoginMethod', 'Ldap/none', session).observe()
    await probe('CimCustomMessages', 'nl', session).observe()
    expect(s.calls()).toEqual([READ])
  })

  it('is read again just before a write and after it', async () => {
    const p = probe('CimStepUp')
    await p.update({ levels: { pin: 2 } })
    await p.observe()
    expect(s.calls()).toEqual([READ, READ, 'POST /api/v2/config/step-up', READ])
  })

  it('is read again once the session is refreshed', async () => {
    const session = s.connect('OneWelcomeCim')
    await probe('CimStepUp', '', session).observe()
    session.refresh()
    await probe('CimStepUp', '', session).observe()
    expect(s.calls()).toEqual([READ, READ])
  })

  it('is not kept when reading it failed', async () => {
    const p = probe('CimStepUp')
    s.proxy.inject({ kind: 'answer', status: 500 }, { times: 1 })
    await expect(p.observe()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await p.observe()).toBeDefined()
  })
})

describe('a unit', () => {
  it('is sent whole, with what somebody else changed in the meantime', async () => {
    const p = probe('CimStepUp')
    await p.create({ strategy: 'UserPreference', levels: { pin: 1, sms: 2 } })
    const stale = await p.present()
    await probe('CimStepUp').update({ levels: { sms: 5 } })
    await p.adapter.update(
      p.target,
      stale,
      { levels: { pin: 3 } },
      [{ op: 'replace', path: '/levels/pin', from: 1, to: 3, impact: 'neutral' }],
      signal,
    )
    expect(bodyOf(lastWrite())).toMatchObject({
      stategy: 'USER_PREFERENCE',
      authentication_methods: { pin_authentication_level: 3, sms_authentication_level: 5 },
    })
  })

  it('of features leaves the allow list of redirect targets out', async () => {
    await probe('CimActionTokenUrl', 'https://app.example/').create({ url: 'https://app.example/' })
    await probe('CimFeatures').update({ actionToken: { login: { enabled: true } } })
    expect(bodyOf(lastWrite())).not.toHaveProperty('action_token.whitelisted_urls')
    expect(await probe('CimActionTokenUrl', 'https://app.example/').observe()).toBeDefined()
  })

  it('of mobile login leaves the login methods untouched', async () => {
    await probe('CimMobileLogin').create({ enabled: true })
    expect(bodyOf(lastWrite())).toEqual({ login_methods: { mobile_login: expect.objectContaining({ enabled: true }) } })
  })

  it('of version 1 that a write does not change is reported as not writable', async () => {
    s.proxy.inject({ kind: 'answer', status: 204 }, { matches: ({ method }) => method === 'POST' })
    await expect(probe('CimPasswordPolicy').create({ minLength: 33 })).rejects.toMatchObject({
      code: 'DIVERGED',
      retry: 'never',
      help: expect.stringContaining('Observe'),
    })
  })
})

describe('CimLoginMethod', () => {
  it('is added without touching the others, which keep their ids', async () => {
    const before = await probe('CimLoginMethod').listed()
    await probe('CimLoginMethod', 'Facebook/One').create(facebook('One'))
    const after = await probe('CimLoginMethod').listed()
    expect(after).toEqual([...before, expect.objectContaining({ key: 'Facebook/One' })])
  })

  it('is not made twice under one type and name', async () => {
    await probe('CimLoginMethod', 'Facebook/One').create(facebook('One'))
    await expect(probe('CimLoginMethod', 'Facebook/One').create(facebook('One'))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    })
  })

  it('sends a secret when it has to be sent, and never a mask that was read', async () => {
    await probe('CimLoginMethod', 'Facebook/One').create(facebook('One'))
    expect(bodyOf(lastWrite())).toHaveProperty(
      'login_methods.login_methods.1.facebook_attributes.client_secret',
      'planted-facebook',
    )
    alterConfig((document) =>
      JSON.parse(JSON.stringify(document).replaceAll('"clientId":', '"client_secret":"***","clientId":')),
    )
    await probe('CimLoginMethod', 'Facebook/One').update({ enabled: false })
    expect(bodyOf(lastWrite())).toHaveProperty('login_methods.login_methods.1.facebook_attributes', { clientId: 'app' })
  })

  it('keeps the ids of mappings whose key stays', async () => {
    const key = 'Facebook/One'
    await probe('CimLoginMethod', key).create({
      ...facebook('One'),
      attributeMappings: [{ from: 'mail', to: 'email', editable: false }],
    })
    const id = 'login_methods.login_methods.1.attribute_mappings.0.id'
    await probe('CimLoginMethod', key).update({ attributeMappings: [{ from: 'address', to: 'email' }] })
    expect(bodyOf(lastWrite())).toHaveProperty(id, expect.any(String))
  })

  it('that must not be removed stays', async () => {
    const [first] = await probe('CimLoginMethod').listed()
    const p = probe('CimLoginMethod', first?.key)
    await expect(p.adapter.delete(p.target, await p.present(), signal)).rejects.toMatchObject({ code: 'REJECTED' })
  })

  it('is not written when the answer lacks the list: every method would be removed', async () => {
    alterConfig(({ login_methods: _, ...rest }) => rest)
    await expect(probe('CimLoginMethod', 'Facebook/One').create(facebook('One'))).rejects.toMatchObject({
      code: 'UNEXPECTED_RESPONSE',
    })
    expect(lastWrite()).toBeUndefined()
  })
})

describe('CimCustomMessages', () => {
  const texts = (key: string): Probe => probe('CimCustomMessages', key)

  it('leaves texts alone that the document does not name', async () => {
    await texts('nl').create({ messages: { a: 'A', b: 'B' } })
    await texts('nl').update({ messages: { a: null, c: 'C' } })
    expect((await texts('nl').present()).spec.messages).toEqual({ b: 'B', c: 'C' })
    expect(s.calls().filter((c) => !c.startsWith('GET'))).toEqual([
      'PUT /api/v2/config/custom-messages/nl/batch',
      'PUT /api/v2/config/custom-messages/nl/batch',
      'DELETE /api/v2/config/custom-messages/nl/a',
    ])
  })

  it('loses the texts that its document named when it is deleted; texts of others stay', async () => {
    await texts('nl').create({ messages: { a: 'A', b: 'B' } })
    const p = texts('nl')
    await p.adapter.delete({ ...p.target, owned: ['/locale', '/messages/a'] }, await p.present(), signal)
    expect((await texts('nl').present()).spec.messages).toEqual({ b: 'B' })
  })

  it('addresses the fallback texts as default', async () => {
    await texts('default').create({ messages: { a: 'A' } })
    expect((await texts('default').present()).spec).toEqual({ locale: 'default', messages: { a: 'A' } })
  })

  it('reads locales that stand in one wrapper too many', async () => {
    await texts('nl').create({ messages: { a: 'A' } })
    alterConfig((document) => {
      const messages = document.custom_messages as { locales: unknown }
      return { ...document, custom_messages: { ...messages, locales: { locales: messages.locales } } }
    })
    expect((await texts('nl').present()).spec.messages).toEqual({ a: 'A' })
  })

  it('finds texts whose key is a name of JavaScript', async () => {
    await texts('nl').create({ messages: { constructor: 'C', toString: 'T' } })
    expect((await texts('nl').present()).spec.messages).toEqual({ constructor: 'C', toString: 'T' })
  })
})

describe('CimActionTokenUrl', () => {
  const url = 'https://app.example/callback'

  it('is not added when the list has it already', async () => {
    const { id } = await probe('CimActionTokenUrl', url).create({ url })
    s.proxy.clear()
    expect(await probe('CimActionTokenUrl', url).create({ url })).toEqual({ id })
    expect(s.calls()).toEqual(['GET /api/v2/config/features/action-token/whitelisted-urls'])
  })

  it('that somebody else deleted first counts as deleted', async () => {
    const p = probe('CimActionTokenUrl', url)
    await p.create({ url })
    const observed = await p.present()
    s.proxy.inject({ kind: 'answer', status: 404 }, { matches: ({ method }) => method === 'DELETE' })
    await expect(p.adapter.delete(p.target, observed, signal)).resolves.toBeUndefined()
  })
})

describe('the end of a run', () => {
  it('reloads the extension once', async () => {
    await s.connect('OneWelcomeCim').finalize?.(signal)
    expect(s.calls()).toEqual(['POST /api/config/extension/reload'])
  })
})

describe('switching the configuration API off', () => {
  it('comes after the reload and is taken as written, since nothing can be read any more', async () => {
    const session = s.connect('OneWelcomeCim')
    const p = probe('CimFeatures', '', session)
    await p.update({ configurationApiEnabled: false })
    expect((await p.present()).spec.configurationApiEnabled).toBe(false)
    await session.finalize?.(signal)
    expect(s.calls().slice(-2)).toEqual(['POST /api/config/extension/reload', 'POST /api/v2/config/features'])
  })

  it('stops the connection from the next look on', async () => {
    const session = s.connect('OneWelcomeCim')
    await probe('CimFeatures', '', session).update({ configurationApiEnabled: false })
    session.refresh()
    await expect(probe('CimFeatures', '', session).observe()).rejects.toMatchObject({
      code: 'API_DISABLED',
      stops: 'connection',
    })
  })
})

describe('CimIdentityProvider', () => {
  it('is observed as the system lists it, and never written', async () => {
    const body = {
      result: [{ id: '7', name: 'Facebook', type: 'facebook', saml_properties: { authn_context: 'urn:x' } }],
    }
    s.proxy.inject({ kind: 'answer', status: 200, body: JSON.stringify(body) })
    const p = probe('CimIdentityProvider', '7')
    expect((await p.present()).spec).toEqual({
      providerId: '7',
      displayName: 'Facebook',
      type: 'facebook',
      saml: { authnContext: 'urn:x' },
    })
    await expect(p.create({})).rejects.toMatchObject({ code: 'REFUSED' })
  })
})
