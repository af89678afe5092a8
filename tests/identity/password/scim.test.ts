import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { NO_POLICY, openPasswordWorld, type PasswordWorld, REFUSED } from './world.ts'

const FIRST = 'MARKED first password'
const NEXT = 'MARKED next password'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const JANE = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'jane',
  emails: [{ value: 'jane@example.com', primary: true }],
}

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

let tenant: string
let organization: string
let users: string
beforeEach(async () => {
  ;({ tenant, organization } = await world.tenant())
  users = `/scim/v2/${tenant}/Users`
})

const create = (password: unknown) => login.admin('POST', users, { ...JANE, password })
const patch = (id: string, value: unknown) =>
  login.admin('PATCH', `${users}/${id}`, { schemas: [PATCH], Operations: [{ op: 'replace', ...(value as object) }] })

describe('a password that a directory sends', () => {
  it('signs in from then on', async () => {
    expect((await create(FIRST)).status).toBe(201)
    expect((await world.signIn(tenant, FIRST)).status).toBe(200)
  })

  it.each([
    ['by its path', { path: 'password', value: NEXT }],
    ['without a path', { value: { password: NEXT } }],
  ])('replaces the old one by PATCH, %s', async (_, operation) => {
    const { body } = await create(FIRST)
    expect((await patch(body.id, operation)).status).toBe(200)
    expect((await world.signIn(tenant, NEXT)).status).toBe(200)
    expect(await world.signIn(tenant, FIRST)).toMatchObject(REFUSED)
  })

  it('replaces the old one by PUT; a PUT without one leaves it', async () => {
    const { body } = await create(FIRST)
    await login.admin('PUT', `${users}/${body.id}`, { ...JANE, password: NEXT })
    await login.admin('PUT', `${users}/${body.id}`, { ...JANE, displayName: 'Jane' })
    expect((await world.signIn(tenant, NEXT)).status).toBe(200)
  })

  it('sent again keeps its age', async () => {
    const { body } = await create(FIRST)
    const { changed_at } = (await world.facts(tenant, body.id)).body
    login.pass(60)
    await login.admin('PUT', `${users}/${body.id}`, { ...JANE, password: FIRST })
    expect((await world.facts(tenant, body.id)).body.changed_at).toBe(changed_at)
  })

  it('is in no answer, no filter and not in the store', async () => {
    const { body } = await create(FIRST)
    const answers = [
      body,
      (await login.admin('GET', `${users}/${body.id}?attributes=password`)).body,
      (await patch(body.id, { path: 'password', value: NEXT })).body,
      (await login.admin('GET', users)).body,
      (await login.admin('GET', `${users}?sortBy=password`)).body,
    ]
    expect(JSON.stringify(answers)).not.toContain('MARKED')
    const found = await login.admin('GET', `${users}?filter=${encodeURIComponent(`password sw "MARKED"`)}`)
    expect(found.body.totalResults ?? 0).toBe(0)
    expect(await world.stored()).not.toContain('MARKED')
  })
})

describe('a password that breaks the rules is refused, and the user stays as before', () => {
  it('on creation', async () => {
    const { status, body } = await create('short')
    expect([status, body.scimType, body.detail]).toEqual([400, 'invalidValue', 'password needs at least 8 characters'])
    expect((await login.admin('GET', users)).body.totalResults).toBe(0)
  })

  it('on a change', async () => {
    const { body } = await create(FIRST)
    const { status } = await login.admin('PUT', `${users}/${body.id}`, { ...JANE, userName: 'joe', password: 'short' })
    expect([status, (await login.admin('GET', `${users}/${body.id}`)).body.userName]).toEqual([400, 'jane'])
  })

  it('when breached ones are refused and the server has no list: 503', async () => {
    await world.cim(organization, { password_policy: { ...NO_POLICY, breached_password_blocked: true } })
    expect((await create(FIRST)).status).toBe(503)
  })

  it.each([
    ['a number', 12_345_678],
    ['an object', { value: FIRST }],
  ])('%s', async (_, password) => {
    expect((await create(password)).status).toBe(400)
  })
})

it('a name that is taken leaves the password of its owner', async () => {
  await create(FIRST)
  expect((await create(NEXT)).status).toBe(409)
  expect((await world.signIn(tenant, FIRST)).status).toBe(200)
})
