import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBreachedPasswords } from '../../../identity/factors/password/breached.ts'
import type { LoginWorld } from '../login/world.ts'
import { writeSorted } from './breached-list.ts'
import { NO_POLICY, openPasswordWorld, PASSWORD, type PasswordWorld, REFUSED } from './world.ts'

const BREACHED = 'Password1234!'
const NEXT = 'another long password'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-breached-'))
  await writeSorted(join(folder, 'list.txt'), [BREACHED], 500)
  const breachedPasswords = await openBreachedPasswords(join(folder, 'list.txt'))
  ;({ world, login, close } = await openPasswordWorld({ breachedPasswords }))
})
afterAll(async () => {
  await close()
  await rm(folder, { recursive: true })
})

describe('an administrator', () => {
  it('sets a password, takes it away, and sees only whether there is one', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    const changed_at = login.clock.now.toISOString()
    expect((await world.facts(tenant)).body).toEqual({ has_password: true, changed_at, expires_at: null })
    await login.admin('DELETE', `/v1/tenants/${tenant}/users/jane/password`)
    expect((await world.facts(tenant)).body).toEqual({ has_password: false, changed_at: null, expires_at: null })
  })

  it('cannot give one to a user who is not there', async () => {
    const { tenant } = await world.tenant()
    expect((await world.setPassword(tenant, 'nobody', PASSWORD)).status).toBe(404)
  })

  it('leaves nothing to a later user of the same id', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    await login.admin('POST', `/v1/tenants/${tenant}/users/batch/delete`, { users_ids: ['jane'] })
    login.pass(1)
    const body = { user_id: 'jane', username: 'jane', email: 'jane@example.com', tenant_id: tenant }
    await login.admin('POST', `/v1/tenants/${tenant}/users`, body)
    expect((await world.facts(tenant)).body.has_password).toBe(false)
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
  })
})

describe('a key of a user', () => {
  it('does not set the password of that user', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    const key = await login.keyOf(tenant, 'jane')
    const path = `/v1/tenants/${tenant}/users/jane/password`
    expect((await login.send('PUT', path, { password: NEXT }, { key })).status).toBe(403)
    expect((await login.send('DELETE', path, undefined, { key })).status).toBe(403)
  })

  it('does not reach another tenant', async () => {
    const [{ tenant: one }, { tenant: two }] = [await world.tenant(), await world.tenant()]
    await world.user(one, 'joe')
    await world.user(two)
    const key = await login.keyOf(one, 'joe')
    const path = `/v1/tenants/${two}/users/jane/password`
    expect((await login.send('PUT', path, { password: NEXT }, { key })).status).toBe(403)
  })
})

describe("the rules of the organization's password policy", () => {
  const POLICY = { ...NO_POLICY, min_length: 12, upper_case_char_required: true, breached_password_blocked: true }
  const strict = async () => {
    const { tenant, organization } = await world.tenant()
    await world.cim(organization, { password_policy: POLICY })
    await world.user(tenant, 'jane', 'A good long password')
    return tenant
  }

  it('are all told', async () => {
    const { status, body } = await world.setPassword(await strict(), 'jane', 'short')
    expect([status, body.detail[0].msg]).toEqual([422, 'needs at least 12 characters; needs a capital letter'])
  })

  it('refuse a password that is known from a breach', async () => {
    const { status, body } = await world.setPassword(await strict(), 'jane', BREACHED)
    expect([status, body.detail[0].msg]).toEqual([422, 'is known from a public breach; choose another one'])
  })

  it('hold for new passwords, not for sign-ins', async () => {
    const { tenant, organization } = await world.tenant()
    await world.user(tenant)
    await world.cim(organization, { password_policy: POLICY })
    expect((await world.signIn(tenant)).status).toBe(200)
  })

  it('are not the rules of a tenant without an organization: there eight characters do', async () => {
    const tenant = await login.tenant()
    await world.user(tenant)
    expect((await world.setPassword(tenant, 'jane', 'seven77')).status).toBe(422)
    expect((await world.setPassword(tenant, 'jane', 'eight888')).status).toBe(204)
  })
})

describe('no password at all is', () => {
  it.each([
    ['an empty text', ''],
    ['more than 1,024 bytes', 'ü'.repeat(513)],
    ['a control character in it', 'correct\u0007horse battery'],
    ['what nobody sees', 'correct\u200bhorse battery'],
    ['half of a character', 'correct horse battery\ud83d'],
  ])('%s', async (_, password) => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    expect((await world.setPassword(tenant, 'jane', password)).status).toBe(422)
    expect((await world.signIn(tenant)).status).toBe(200)
  })
})

describe('a person with a mailed code', () => {
  const codeFor = async (tenant: string) => {
    const query = `client_id=shop&tenant_id=${tenant}`
    await login.send('POST', `/v1/password/reset-request?${query}`, { username: 'jane', email: 'jane@example.com' })
    return login.codeFor(tenant, 'jane@example.com', 'reset your login secret')
  }
  const reset = (tenant: string, code: string, new_password = NEXT) =>
    login.send('POST', `/v1/password/text/reset?tenant_id=${tenant}`, { username: 'jane', code, new_password })

  it('sets another password and is told by mail', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    expect((await reset(tenant, await codeFor(tenant))).status).toBe(200)
    expect((await world.signIn(tenant, NEXT)).status).toBe(200)
    expect(await world.signIn(tenant)).toMatchObject(REFUSED)
    expect(await login.mailTo(tenant, 'jane@example.com', 'your login secret was changed')).toBeDefined()
  })

  it('may try again with the same code when the password breaks the rules', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    const code = await codeFor(tenant)
    expect((await reset(tenant, code, 'short')).status).toBe(422)
    expect((await reset(tenant, code)).status).toBe(200)
  })

  it('uses it once', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    const code = await codeFor(tenant)
    await reset(tenant, code)
    expect(await reset(tenant, code, 'yet another password')).toMatchObject(REFUSED)
  })

  it('cannot use it once the password was replaced by another way', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant)
    const code = await codeFor(tenant)
    await world.setPassword(tenant, 'jane', 'set by an administrator')
    expect(await reset(tenant, code)).toMatchObject(REFUSED)
  })

  it('uses it in the tenant that it is of', async () => {
    const [{ tenant: one }, { tenant: two }] = [await world.tenant(), await world.tenant()]
    await world.user(one)
    await world.user(two)
    expect(await reset(two, await codeFor(one))).toMatchObject(REFUSED)
    expect((await world.signIn(one)).status).toBe(200)
  })

  it('does so only where passwords are offered', async () => {
    const tenant = await login.tenant()
    await world.user(tenant)
    expect((await reset(tenant, await codeFor(tenant))).status).toBe(403)
  })

  it('gets none where the organization has switched resets off', async () => {
    const { tenant, organization } = await world.tenant()
    await world.user(tenant)
    const code = await codeFor(tenant)
    await world.cim(organization, { features: { password_reset_enabled: false } })
    const query = `client_id=shop&tenant_id=${tenant}`
    const asked = await login.send('POST', `/v1/password/reset-request?${query}`, { username: 'jane', email: 'x@y.zz' })
    expect(asked.status).toBe(403)
    expect(await reset(tenant, code)).toMatchObject(REFUSED)
  })
})

describe('in the store, the log of events and the answers', () => {
  it('there is no password', async () => {
    const { tenant } = await world.tenant()
    await world.user(tenant, 'jane', 'MARKED long password')
    const answers = [
      await world.signIn(tenant, 'MARKED long password'),
      await world.signIn(tenant, 'MARKED wrong password'),
      await world.setPassword(tenant, 'jane', 'MARKED\u0007'),
      await world.facts(tenant),
      await login.admin('GET', `/v1/tenants/${tenant}/users/jane`),
    ]
    expect(JSON.stringify(answers)).not.toContain('MARKED')
    expect(await world.stored()).not.toMatch(/MARKED|argon2id/)
  })
})
