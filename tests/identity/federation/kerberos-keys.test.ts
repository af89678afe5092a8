import { execFileSync } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { signInByTicket } from '../../../identity/federation/kerberos/ticket-login.ts'
import { type FederatedLogin, federatedLogins } from '../../../identity/federation/methods.ts'
import { refusalReason } from '../../../identity/login/refusal.ts'
import { type Kdc, LACKS_KDC, openKdc, WHY_NO_KDC } from '../../support/kdc.ts'
import { ACCESS } from '../settings/runtime.ts'
import { type KerberosWorld, openKerberosWorld, PASSWORD, REALM, SERVICE } from './kerberos-world.ts'
import { TENANT } from './world.ts'

const OTHER = 'OTHER.EXAMPLE'
const OTHER_SERVICE = `HTTP/localhost@${OTHER}`
const KEYS = '/v1/organizations/acme/keys'

describe.skipIf(LACKS_KDC)(`the keytab of an organization${WHY_NO_KDC}`, () => {
  let world: KerberosWorld
  let other: Kdc
  let acme: FederatedLogin
  beforeAll(async () => {
    world = await openKerberosWorld()
    await world.network()
    acme = await kerberosAt(TENANT)
    other = await openKdc(OTHER)
    other.add(OTHER_SERVICE)
    other.add(`jane@${OTHER}`, PASSWORD)
  })
  afterAll(async () => {
    await world?.close()
    await other?.close()
  })

  const kerberosAt = async (tenant: string): Promise<FederatedLogin> => {
    const found = (await federatedLogins(world.here.service.deps, tenant)).find(({ spec }) => spec.type === 'Kerberos')
    if (found === undefined) throw new Error(`${tenant} has no login by Kerberos`)
    return found
  }
  /** Another organization with a realm of its own, at the same host. */
  const openOther = async (): Promise<FederatedLogin> => {
    const { admin, url } = world.here
    await admin('POST', '/v1/tenants', { tenant_id: 'other-web', display_name: 'Other' })
    await admin('POST', '/v1/organizations', { organization_id: 'other', access: ACCESS })
    await admin('PUT', '/v1/organizations/other/tenants/other-web')
    const keytab = await other.keytab('other.keytab', OTHER_SERVICE)
    await admin('PUT', '/v1/organizations/other/keys/kerberos', { keytab })
    const basic = Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')
    const block = { kerberos_attributes: { auto_login_enabled: false } }
    const method = { type: 'KERBEROS', name: 'Network', enabled: true, authentication_level: 1, ...block }
    await fetch(`${url}/orgs/other/cim/api/v2/config`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
      body: JSON.stringify({ login_methods: { login_methods: [{ id: 'username-and-password' }, method] } }),
    })
    return kerberosAt('other-web')
  }
  /** As whom a ticket lets in; `refused` when it does not. */
  const holder = async (login: FederatedLogin, ticket: string, deps = world.here.service.deps): Promise<string> => {
    const found = await signInByTicket(deps, login, ticket).catch(() => undefined)
    return found?.arrival.subject ?? 'refused'
  }

  it('opens no ticket for another organization at the same host, also while both check some', async () => {
    const there = await openOther()
    const [ours, theirs] = [
      await world.kdc.signIn(`jane@${REALM}`, PASSWORD),
      await other.signIn(`jane@${OTHER}`, PASSWORD),
    ]
    const tried = Array.from({ length: 4 }, async () => [
      await holder(acme, await ours.show()),
      await holder(acme, await theirs.show()),
      await holder(there, await theirs.show()),
      await holder(there, await ours.show()),
    ])
    const wanted = [`jane@${REALM}`, 'refused', `jane@${OTHER}`, 'refused']
    expect(await Promise.all(tried)).toEqual([wanted, wanted, wanted, wanted])
  })

  it('takes a ticket once, also by a replica on another machine, whose library has not seen it', async () => {
    const deps = { ...world.here.service.deps, tickets: async () => ({ principal: `jane@${REALM}` }) }
    const [ticket, another] = [await showOnce(), await showOnce()]
    expect(await Promise.all([holder(acme, ticket, deps), holder(acme, ticket, deps)])).toContain('refused')
    expect([await holder(acme, ticket, deps), await holder(acme, another, deps)]).toEqual(['refused', `jane@${REALM}`])
  })
  it('knows a ticket again that is written otherwise in base64', async () => {
    const deps = { ...world.here.service.deps, tickets: async () => ({ principal: `jane@${REALM}` }) }
    // Of the last digit before `==` four bits count for nothing.
    const [written, otherwise] = ['YA==', 'YP==']
    expect([await holder(acme, written, deps), await holder(acme, otherwise, deps)]).toEqual([
      `jane@${REALM}`,
      'refused',
    ])
  })

  const showOnce = async () => (await world.kdc.signIn(`jane@${REALM}`, PASSWORD)).show()

  it.each([
    ['http://id.example.com', 'the login method lacks a public URL with https'],
    ['https://id.example.com', 'the login method lacks a key of HTTP/id.example.com in its keytab'],
    ['https://localhost', undefined],
    ['http://localhost:8080', undefined],
  ])('opens tickets for the host of %s, over TLS or on one machine', async (publicUrl, reason) => {
    const deps = { ...world.here.service.deps, publicUrl: () => publicUrl }
    const done = signInByTicket(deps, acme, await showOnce()).then(() => undefined, refusalReason)
    expect(await done).toBe(reason)
  })

  it('says what is missing where the library is not installed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-ticket-'))
    const program = join(folder, 'check-ticket.mjs')
    await copyFile('identity/federation/kerberos/check-ticket.mjs', program)
    const said = execFileSync(process.execPath, [program], { input: '{}', encoding: 'utf8' })
    expect(JSON.parse(said)).toEqual({
      problem: 'the service lacks the package kerberos, or the Kerberos library of the system',
    })
    await rm(folder, { recursive: true })
  })

  it('opens tickets beside the bundle, too', async () => {
    const keytab = await world.kdc.keytab('bundle.keytab', SERVICE, '-norandkey')
    const input = JSON.stringify({ token: await showOnce(), service: 'HTTP@localhost', keytab })
    const program = join(inject('bundle'), 'check-ticket.mjs')
    expect(JSON.parse(execFileSync(process.execPath, [program], { input, encoding: 'utf8' }))).toMatchObject({
      principal: `jane@${REALM}`,
    })
  })

  it('is told by whom its keys are of, and never returned', async () => {
    const keytab = await world.kdc.keytab('shown.keytab', SERVICE, '-norandkey')
    await world.here.admin('PUT', `${KEYS}/shown`, { keytab })
    const { keys } = await world.here.admin<{ keys: readonly { name: string }[] }>('GET', KEYS)
    const kvno = expect.any(Number)
    expect(keys.find(({ name }) => name === 'shown')).toEqual({
      name: 'shown',
      keytab: [
        { principal: SERVICE, kvno, encryption: 'aes256-cts-hmac-sha1-96' },
        { principal: SERVICE, kvno, encryption: 'aes128-cts-hmac-sha1-96' },
      ],
      created_at: expect.any(String),
    })
  })

  it('keeps its AES keys alone', async () => {
    const keytab = await world.kdc.keytab('mixed.keytab', SERVICE, '-e', 'arcfour-hmac:normal,aes256-cts:normal')
    await world.here.admin('PUT', `${KEYS}/mixed`, { keytab })
    const { keys } = await world.here.admin<{ keys: readonly { name: string }[] }>('GET', KEYS)
    expect(keys.find(({ name }) => name === 'mixed')).toMatchObject({
      keytab: [{ encryption: 'aes256-cts-hmac-sha1-96' }],
    })
  })

  it.each([
    ['what is no keytab', async () => ({ keytab: 'c2VjcmV0' }), 'is no keytab in base64'],
    ['one that is cut off', async () => ({ keytab: (await aesKeytab()).slice(0, 60) }), 'is no keytab in base64'],
    ['one without an AES key', async () => ({ keytab: await weakKeytab() }), 'has no AES key'],
    ['one beside a key', async () => ({ keytab: await aesKeytab(), private_key: 'PEM' }), 'stands alone'],
  ])('is refused: %s', async (_, body, message) => {
    await expect(body().then((material) => world.here.admin('PUT', `${KEYS}/wrong`, material))).rejects.toThrow(message)
  })
  const aesKeytab = () => world.kdc.keytab('aes.keytab', SERVICE, '-norandkey')
  const weakKeytab = () => world.kdc.keytab('weak.keytab', `HTTP/other.example@${REALM}`, '-e', 'arcfour-hmac:normal')
})
