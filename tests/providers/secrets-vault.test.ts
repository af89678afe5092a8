import { beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../reconciler/secret.ts'
import { bodyOf, Probe, scene, signal } from './observed-world.ts'

const s = scene()
let tenant = ''
beforeEach(async () => {
  tenant = await s.world.tenant()
})

const probe = (kind: string, key: string, session = s.connect('SecretsVault')): Probe =>
  new Probe(session, kind, { key, tenant, address: `${kind}/${key}` })
const lastWrite = () => s.proxy.seen.findLast(({ method }) => method !== 'GET')

describe('Tenant', () => {
  it('is changed with its whole record: what a PUT leaves out would fall back to its default', async () => {
    const key = `${tenant}-web`
    await probe('Tenant', key).create({ displayName: 'Web', pin: { size: 9 }, lockout: { ipAttempts: 3 } })
    await probe('Tenant', key).update({ passkeys: true })
    expect((await probe('Tenant', key).present()).spec).toMatchObject({
      displayName: 'Web',
      pin: { size: 9 },
      lockout: { ipAttempts: 3 },
      passkeys: true,
    })
    expect(bodyOf(lastWrite())).not.toHaveProperty('tenant_id')
  })

  it('is attached to its organization, and moved from one to another', async () => {
    const [one, two] = [await s.world.organization(), await s.world.organization()]
    const key = `${tenant}-web`
    await probe('Tenant', key).create({ organizationRef: { id: one } })
    expect((await probe('Tenant', key).present()).spec.organizationRef).toEqual({ id: one })
    const p = probe('Tenant', key)
    const change = { op: 'replace', path: '/organizationRef', from: one, to: two, impact: 'neutral' } as const
    await p.adapter.update(p.target, await p.present(), { organizationRef: { id: two } }, [change], signal)
    expect((await p.present()).spec.organizationRef).toEqual({ id: two })
  })

  it('belongs to no organization where the key may not see organizations', async () => {
    s.proxy.inject({ kind: 'answer', status: 403, body: '{}' }, { matches: ({ url }) => url.endsWith('/organization') })
    expect((await probe('Tenant', tenant).present()).spec).not.toHaveProperty('organizationRef')
  })

  it('is not asked for its organization where the document names none', async () => {
    const key = `${tenant}-web`
    await probe('Tenant', key).create({ organizationRef: { id: await s.world.organization() } })
    const { adapter, target } = probe('Tenant', key)
    s.proxy.clear()
    const seen = await adapter.observe({ ...target, relations: [] }, signal)
    expect(seen?.spec).not.toHaveProperty('organizationRef')
    expect(s.calls()).toEqual([`GET /v1/tenants/${key}`])
  })

  it('takes two requests to look at, however many organizations with tenants there are', async () => {
    const keys = ['one', 'two', 'three'].map((name) => `${tenant}-${name}`)
    const make = async (key: string) =>
      probe('Tenant', key).create({ organizationRef: { id: await s.world.organization() } })
    for (const key of keys) await make(key)
    const asked = async () => {
      s.proxy.clear()
      const session = s.connect('SecretsVault')
      for (const key of keys) await new Probe(session, 'Tenant', { key }).present()
      return s.calls()
    }
    const few = await asked()
    for (let i = 0; i < 20; i++) await make(`${tenant}-${i}`)
    expect(await asked()).toEqual(few)
    expect(few).toEqual(keys.flatMap((key) => [`GET /v1/tenants/${key}`, `GET /v1/tenants/${key}/organization`]))
  })
})

describe('Client', () => {
  const portal = { displayName: 'Portal', clientSecret: new Secret('planted-client-secret') }

  it('keeps its secret when a change does not send it', async () => {
    await probe('Client', 'portal').create(portal)
    expect(bodyOf(lastWrite())).toMatchObject({ client_id: 'portal', client_secret: 'planted-client-secret' })
    await probe('Client', 'portal').update({ locked: true })
    expect(bodyOf(lastWrite())).not.toHaveProperty('client_secret')
  })

  it('sends a secret again when the change names it', async () => {
    await probe('Client', 'portal').create(portal)
    await probe('Client', 'portal').update({ clientSecret: new Secret('planted-second-secret') })
    expect(bodyOf(lastWrite())).toMatchObject({ name: 'Portal', client_secret: 'planted-second-secret' })
  })

  it('has no secret in what is observed, even when the system answers with it', async () => {
    await probe('Client', 'portal').create(portal)
    const withSecret = (body: unknown) =>
      JSON.parse(JSON.stringify(body).replaceAll('"client_secret":null', '"client_secret":"planted-client-secret"'))
    s.proxy.inject({ kind: 'alter', change: withSecret })
    expect(JSON.stringify(await probe('Client', 'portal').present())).not.toContain('planted')
  })

  it('is found behind the first page of the list', async () => {
    const page = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ client_id: `c${i}`, name: 'x', tenant_id: tenant }))
    const answer = (clients: unknown) => ({ kind: 'answer', status: 200, body: JSON.stringify({ clients }) }) as const
    s.proxy.inject(answer(page(500)), { times: 1 })
    s.proxy.inject(answer([{ client_id: 'last', name: 'Last', tenant_id: tenant }]))
    expect((await probe('Client', 'last').present()).spec.displayName).toBe('Last')
    expect(s.calls()).toEqual([
      `GET /v1/clients?tenant_id=${tenant}&limit=500&skip=0`,
      `GET /v1/clients?tenant_id=${tenant}&limit=500&skip=500`,
    ])
  })

  it('is found in a list that is read once for all clients of a tenant, and again after a write', async () => {
    const session = s.connect('SecretsVault')
    await probe('Client', 'one', session).observe()
    await probe('Client', 'two', session).observe()
    await probe('Client', 'one', session).create(portal)
    expect((await probe('Client', 'one', session).observe())?.id).toBe('one')
    const list = `GET /v1/clients?tenant_id=${tenant}&limit=500&skip=0`
    expect(s.calls()).toEqual([list, 'POST /v1/clients', list])
  })

  it('is not taken for absent when the list breaks off', async () => {
    s.proxy.inject({ kind: 'answer', status: 200, body: '{"clients":null}' })
    await expect(probe('Client', 'portal').observe()).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' })
  })
})

describe('User', () => {
  it('takes its id from the name of the document when none is given', async () => {
    const created = await probe('User', 'jill').create({ username: 'jill', email: 'jill@example.com' })
    expect(created).toEqual({ id: 'jill' })
  })

  it('is found by its id after it got another name', async () => {
    const { id } = await probe('User', 'jill').create({ username: 'jill', email: 'jill@example.com' })
    const renamed = new Probe(s.connect('SecretsVault'), 'User', { key: 'jill.smith', tenant, id })
    expect((await renamed.present()).spec.username).toBe('jill')
  })
})

describe('ApiKey', () => {
  const spec = { displayName: 'CI', scopes: ['users:read'] }

  it('hands its clear value out at creation, as a secret that does not print', async () => {
    const { produced } = await probe('ApiKey', 'CI').create(spec)
    expect(produced?.reveal()).toMatch(/^plk_/)
    expect(JSON.stringify(produced)).not.toContain('plk_')
  })

  it('is not created a second time when the answer of the first was lost', async () => {
    s.proxy.inject({ kind: 'cut', afterwards: true }, { matches: ({ method }) => method === 'POST', times: 1 })
    await expect(probe('ApiKey', 'CI').create(spec)).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'backoff' })
    await expect(probe('ApiKey', 'CI').create(spec)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await probe('ApiKey', 'CI').listed(tenant)).toHaveLength(1)
  })

  it('gets a new clear value when the former one was never delivered', async () => {
    const first = await probe('ApiKey', 'CI').create(spec)
    const p = probe('ApiKey', 'CI')
    const change = { op: 'add', path: '/writeTo', secret: true, impact: 'neutral' } as const
    const second = await p.adapter.update(p.target, await p.present(), spec, [change], signal)
    expect(second?.produced.reveal()).not.toBe(first.produced?.reveal())
  })

  it('asks which one is meant when two have the name', async () => {
    const key = { key_id: 'a', name: 'CI', scopes: [] }
    const body = JSON.stringify({ api_keys: [key, { ...key, key_id: 'b' }] })
    s.proxy.inject({ kind: 'answer', status: 200, body })
    await expect(probe('ApiKey', 'CI').observe()).rejects.toMatchObject({
      code: 'CONFLICT',
      help: expect.stringContaining('externalRef'),
    })
  })
})

describe('Group', () => {
  const group = (): Probe => probe('Group', 'Caretakers')

  it('has its members by user name, although they travel by id', async () => {
    await group().create({ displayName: 'Caretakers', members: ['jane'] })
    expect(bodyOf(lastWrite())).toMatchObject({ members: [{ value: `${tenant}-jane` }] })
    expect((await group().present()).spec.members).toEqual(['jane'])
  })

  it('is not changed when a member does not exist', async () => {
    await group().create({ displayName: 'Caretakers', members: [] })
    s.proxy.clear()
    await expect(group().update({ members: ['nobody'] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('nobody'),
    })
    expect(lastWrite()).toBeUndefined()
  })

  it('keeps its members when a change does not name them', async () => {
    await group().create({ displayName: 'Caretakers', members: ['jane', 'joe'] })
    await group().update({ externalId: 'ext' })
    expect((await group().present()).spec).toMatchObject({ externalId: 'ext', members: ['jane', 'joe'] })
  })

  it('shows a user who came after the first look', async () => {
    const session = s.connect('SecretsVault')
    const p = probe('Group', 'Caretakers', session)
    await p.create({ displayName: 'Caretakers', members: ['jane'] })
    await p.observe()
    await probe('User', 'jill').create({ username: 'jill', email: 'jill@example.com' })
    await p.update({ members: ['jane', 'jill'] })
    expect((await p.present()).spec.members).toEqual(['jane', 'jill'])
  })

  it('has a name that is text in a filter, never a part of it', async () => {
    const name = 'a" or displayName pr or displayName eq "b'
    await probe('Group', name).create({ displayName: name })
    expect(await probe('Group', 'a').observe()).toBeUndefined()
    expect((await probe('Group', name).present()).key).toBe(name)
  })
})
