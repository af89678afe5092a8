import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeUser } from '../../../identity/accounts/user-removal.ts'
import { customAttributesOf } from '../../../identity/directory/custom-attributes.ts'
import { USERS } from '../../../identity/directory/users.ts'
import { issueTicket } from '../../../identity/oidc/login-ticket.ts'
import { type Application, newRequest, openApplication } from '../oidc/application.ts'
import { ADA, Browser, reachLogin, target } from '../oidc/browser.ts'
import { type OidcWorld, openOidcWorld } from '../oidc/world.ts'
import { ACCESS } from '../settings/runtime.ts'

/** Browsers say that they take pages. */
const PAGE = { headers: { accept: 'text/html' } }

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

interface Place {
  readonly tenant: string
  readonly app: Application
  /** Lays units over the CIM settings. */
  settings(units: object): Promise<void>
}

let places = 0
async function place(profile: object, features: object = {}, attributes: object = {}): Promise<Place> {
  const tenant = await world.tenant()
  const organization_id = `extra-${++places}`
  await world.admin('POST', '/v1/organizations', { organization_id, access: ACCESS })
  await world.admin('PUT', `/v1/organizations/${organization_id}/tenants/${tenant}`)
  const authorization = `Basic ${Buffer.from(`${ACCESS.cim.username}:${ACCESS.cim.password}`).toString('base64')}`
  const settings = async (units: object) => {
    const url = `${world.url}/orgs/${organization_id}/cim/api/v2/config`
    const headers = { authorization, 'content-type': 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(units) })
    if (!answer.ok) throw new Error(await answer.text())
  }
  await settings({ features, attributes, profile })
  return { tenant, app: await openApplication(world, {}, tenant), settings }
}
const rules = (...anyOf: readonly (readonly string[])[]) => ({
  required_attributes_validation_rules: anyOf.map((any_of) => ({ any_of })),
})

/** Signs ada in as the login pages do; returns where the browser is sent. */
async function signIn({ tenant, app }: Place, init: RequestInit = PAGE) {
  const browser = new Browser()
  const { address } = await newRequest(app, 'openid', {})
  const handle = await reachLogin(world, browser, address)
  const ticket = await issueTicket(world.service.deps, handle, ADA)
  const query = new URLSearchParams({ auth_req_id: handle, nonce: ticket })
  const answer = await browser.open(`${world.url}/${tenant}/oidc/complete?${query}`, init)
  const to = target(answer, world.url)
  return { browser, handle, ticket, to, isAsked: to.pathname === `/${tenant}/login/extra` }
}
type SignedIn = Awaited<ReturnType<typeof signIn>>

const form = async ({ browser, to }: SignedIn) => browser.open(to.href)
const fieldsOn = (html: string) => [...html.matchAll(/<input id="(\w+)"/g)].map(([, name]) => name)
/** Sends the form; returns where the login goes then, which is the application's callback when it is over. */
async function fill(login: SignedIn, values: Readonly<Record<string, string>>) {
  const page = await login.browser.submit(await form(login), values)
  const html = await page.text()
  const next = /content="0; url=([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
  if (next === undefined) return { status: page.status, html, isDone: false }
  const resumed = await login.browser.open(world.url + next, PAGE)
  const last = await login.browser.open(target(resumed, world.url).href, PAGE)
  return { status: page.status, html, isDone: target(last, world.url).searchParams.has('code') }
}
const ada = async ({ tenant }: Place) => {
  const user = await world.service.deps.store.get(USERS, tenant, 'ada')
  if (user === undefined) throw new Error('ada is gone')
  return user
}

describe('what a person lacks by CimAttributes', () => {
  it('is asked for after the first login, kept, and not asked for again', async () => {
    const at = await place(rules(['NAME'], ['PHONE'], ['BIRTH_DATE'], ['EMAIL']))
    const login = await signIn(at)
    expect(login.isAsked).toBe(true)
    expect(fieldsOn(await (await form(login)).text())).toEqual(['firstName', 'lastName', 'mobileNumber', 'birthDate'])
    const values = { firstName: 'Ada', lastName: 'L', mobileNumber: '+46701740605', birthDate: '1990-12-31' }
    expect((await fill(login, values)).isDone).toBe(true)
    const user = await ada(at)
    expect(user.attributes).toMatchObject({
      name: { givenName: 'Ada', familyName: 'L' },
      phoneNumbers: [{ value: '+46701740605' }],
    })
    expect(await customAttributesOf(world.service.deps.store, user)).toEqual({ birthDate: '1990-12-31' })
    expect((await signIn(at)).isAsked).toBe(false)
  })

  it('first_name_required, last_name_required and mobile_number_required are asked for each', async () => {
    const fields = { first_name_required: true, last_name_required: true, mobile_number_required: true }
    const at = await place({}, {}, { person_creation_mandatory_fields: fields })
    const login = await signIn(at)
    expect(fieldsOn(await (await form(login)).text())).toEqual(['firstName', 'lastName', 'mobileNumber'])
  })

  it('of several attributes of which one is enough, one is asked for, and none where one is there', async () => {
    const phone = await signIn(await place(rules(['PHONE', 'BIRTH_DATE'])))
    expect(fieldsOn(await (await form(phone)).text())).toEqual(['mobileNumber'])
    expect((await signIn(await place(rules(['PHONE', 'EMAIL'])))).isAsked).toBe(false)
    expect((await signIn(await place({}))).isAsked).toBe(false)
  })

  it('can be put off until the next login', async () => {
    const at = await place(rules(['NAME']))
    expect((await fill(await signIn(at), { later: 'yes' })).isDone).toBe(true)
    expect((await signIn(at)).isAsked).toBe(true)
  })

  it.each([
    ['nothing', { mobileNumber: '', birthDate: '1990-12-31' }],
    ['no number', { mobileNumber: 'call me', birthDate: '1990-12-31' }],
    ['no date', { mobileNumber: '+46701740605', birthDate: 'long ago' }],
    ['a date to come', { mobileNumber: '+46701740605', birthDate: '2990-12-31' }],
  ])('cannot be %s, and what was typed stays', async (_, values) => {
    const login = await signIn(await place(rules(['PHONE'], ['BIRTH_DATE'])))
    const { status, html, isDone } = await fill(login, values)
    expect([status, isDone]).toEqual([422, false])
    expect(html).toContain(`value="${values.birthDate}"`)
  })

  it('holds no program up, which has nobody to ask', async () => {
    expect((await signIn(await place(rules(['NAME'])), {})).isAsked).toBe(false)
  })
})

describe('post_login_extra_registration_after_second_login', () => {
  const AFTER_SECOND = { post_login_extra_registration_after_second_login: true }

  it('on: the form comes at the second login; off: at the first', async () => {
    const [second, first] = [await place(rules(['NAME']), AFTER_SECOND), await place(rules(['NAME']))]
    const asked = async (at: Place) => [(await signIn(at)).isAsked, (await signIn(at)).isAsked]
    expect([await asked(second), await asked(first)]).toEqual([
      [false, true],
      [true, true],
    ])
  })

  it('a later user of the same name begins anew', async () => {
    const at = await place(rules(['NAME']), AFTER_SECOND)
    await signIn(at)
    await removeUser(world.service.deps, at.tenant, 'ada')
    const user = { user_id: 'ada', username: 'ada', email: 'ada@example.com', tenant_id: at.tenant, is_verified: true }
    await world.admin('POST', `/v1/tenants/${at.tenant}/users`, user)
    expect((await signIn(at)).isAsked).toBe(false)
    expect((await signIn(at)).isAsked).toBe(true)
  })
})

describe('the form', () => {
  it('is of one login in one browser, and is filled in once', async () => {
    const login = await signIn(await place(rules(['NAME'])))
    expect((await new Browser().open(login.to.href)).status).toBe(401)
    const page = await form(login)
    const values = { firstName: 'Ada', lastName: 'L' }
    expect((await login.browser.submit(page.clone(), values)).status).toBe(200)
    Object.defineProperty(page, 'url', { value: login.to.href })
    expect((await login.browser.submit(page, values)).status).toBe(401)
  })

  it('has the ticket of the login, which completes nothing any more', async () => {
    const at = await place(rules(['NAME']))
    const { browser, handle, ticket } = await signIn(at)
    const query = new URLSearchParams({ auth_req_id: handle, nonce: ticket })
    expect((await browser.open(`${world.url}/${at.tenant}/oidc/complete?${query}`)).status).toBe(401)
  })

  it('is not there for a login that waits for a person still', async () => {
    const at = await place(rules(['NAME']))
    const browser = new Browser()
    const { address } = await newRequest(at.app, 'openid', {})
    const handle = await reachLogin(world, browser, address)
    const page = await browser.open(`${world.url}/${at.tenant}/login/extra?auth_req_id=${handle}`)
    expect(page.status).toBe(401)
  })
})
