import * as client from 'openid-client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { removeUser } from '../../../identity/accounts/user-removal.ts'
import { customAttributesOf } from '../../../identity/directory/custom-attributes.ts'
import { isPasswordOf } from '../../../identity/directory/passwords.ts'
import { USERS } from '../../../identity/directory/users.ts'
import type { Browser } from '../oidc/browser.ts'
import { arrive, openStandInWorld, type StandInWorld, signedIn } from './strangers.ts'
import { claimsOf, TENANT, textOf, tokensOf } from './world.ts'

describe('what a login elsewhere says about a person', () => {
  let world: StandInWorld
  let count = 0
  beforeAll(async () => {
    world = await openStandInWorld()
  })
  beforeEach(async () => {
    world.standIn.person = { sub: `p${++count}`, email: `p${count}@example.com`, email_verified: true }
    await world.method(PLAIN)
  })
  afterAll(() => world.close())

  const PLAIN = {
    auto_email_verification: true,
    synchronise_attributes: false,
    attribute_mappings: [],
    custom_attribute_mappings: [],
    custom_attribute_fields: [],
    excluded_unmapped_attributes: [],
    force_creating_username_and_password_during_sign_up: false,
  }
  const says = (claims: object) => void Object.assign(world.standIn.person, claims)
  const at = (path: string) => `${world.here.url}/${TENANT}${path}`
  /** Signs in and stays signed in, in a browser. */
  const present = async (): Promise<{ readonly browser: Browser; readonly sub: string }> => {
    const { page, ...login } = await arrive(world)
    const { sub } = await claimsOf(world, login, page)
    return { browser: login.browser, sub }
  }
  const account = async (browser: Browser) => textOf(await (await browser.open(at('/account'))).text())
  const stored = async (sub: string) => {
    const user = await world.here.service.deps.store.get(USERS, TENANT, sub)
    return { ...user, ...user?.attributes }
  }

  describe('editable', () => {
    const mapped = (editable: object) =>
      world.method({
        attribute_mappings: [
          { map_from: 'given_name', map_to: 'firstName', editable: false },
          { map_from: 'nickname', map_to: 'nickname', ...editable },
        ],
      })

    it('shows the value on the account page, and a form to change it where it may be changed', async () => {
      says({ given_name: 'Jane', nickname: 'jj' })
      await mapped({ editable: true })
      const { browser, sub } = await present()
      expect(await account(browser)).toContain('First name Jane Nickname jj Change it')
      const form = await browser.open(at('/account/profile'))
      const changed = await browser.submit(form, { nickname: 'Janie', firstName: 'Mallory' })
      expect(changed.status).toBe(303)
      expect(await stored(sub)).toMatchObject({ nickName: 'Janie', name: { givenName: 'Jane' }, version: 2 })
    })

    it('lets nobody change it without, by the form of before neither', async () => {
      says({ given_name: 'Jane', nickname: 'jj' })
      await mapped({ editable: true })
      const { browser, sub } = await present()
      const form = await browser.open(at('/account/profile'))
      await mapped({ editable: false })
      expect((await browser.submit(form, { nickname: 'Janie' })).status).toBe(404)
      expect((await browser.open(at('/account/profile'))).status).toBe(404)
      expect(await account(browser)).toContain('Nickname jj')
      expect(await stored(sub)).toMatchObject({ nickName: 'jj' })
    })

    it('takes a value away that is left empty, and refuses one that is none', async () => {
      const attribute_mappings = ['nickname', 'mobileNumber', 'locale'].map((map_to) => ({
        map_from: map_to,
        map_to,
        editable: true,
      }))
      await world.method({ attribute_mappings })
      says({ nickname: 'jj', mobileNumber: '+31612345678', locale: 'nl' })
      const { browser, sub } = await present()
      const refused = await browser.submit(await browser.open(at('/account/profile')), { mobileNumber: '12' })
      expect(refused.status).toBe(422)
      expect(await refused.text()).toContain('One of the values')
      const values = { nickname: '', mobileNumber: '+31612345679', locale: '' }
      expect((await browser.submit(await browser.open(at('/account/profile')), values)).status).toBe(303)
      const user = await stored(sub)
      expect(user).toMatchObject({ locale: null, phoneNumbers: [{ value: '+31612345679' }] })
      expect(user).not.toHaveProperty('nickName')
    })

    it('is written over by the next login where attributes are synchronised, and kept otherwise', async () => {
      says({ nickname: 'jj' })
      await mapped({ editable: true })
      const { browser, sub } = await present()
      await browser.submit(await browser.open(at('/account/profile')), { nickname: 'Janie' })
      await signedIn(world)
      expect(await stored(sub)).toMatchObject({ nickName: 'Janie' })
      await world.method({ synchronise_attributes: true })
      await signedIn(world)
      expect(await stored(sub)).toMatchObject({ nickName: 'jj' })
    })
  })

  describe('custom attributes', () => {
    const FIELDS = [
      { name: 'department', type: 'TEXT' },
      { name: 'grade', type: 'NUMBER' },
      { name: 'manager', type: 'CHECKBOX' },
    ]

    it('are kept by the type of their field, shown to the person, and told to applications', async () => {
      says({ department: 'R&D', grade: '7', manager: 'true', other: 'x' })
      await world.method({ custom_attribute_fields: FIELDS })
      const { page, ...login } = await arrive(world)
      const { access_token, claims } = await tokensOf(world, login, page)
      const info = await client.fetchUserInfo(world.app.config, access_token, client.skipSubjectCheck)
      expect(claims()).not.toHaveProperty('custom_attributes')
      expect(info).toMatchObject({ custom_attributes: { department: 'R&D', grade: 7, manager: true } })
      expect(await account(login.browser)).toContain('department R&amp;D grade 7 manager true')
    })

    it('without a field there are none, and a value of another type is dropped', async () => {
      says({ department: 'R&D', grade: 'seven' })
      expect(await account((await present()).browser)).not.toContain('department')
      says({ sub: `q${count}`, email: `q${count}@example.com` })
      await world.method({ custom_attribute_fields: [{ name: 'grade', type: 'NUMBER' }] })
      expect(await account((await present()).browser)).not.toContain('grade')
    })

    it('go where a mapping sends them, and are dropped when excluded and not mapped', async () => {
      says({ department: 'R&D', grade: 7 })
      await world.method({
        custom_attribute_fields: FIELDS,
        custom_attribute_mappings: [{ attribute_to_map_from: 'department', attribute_to_map_to: 'unit' }],
        excluded_unmapped_attributes: ['department', 'grade'],
      })
      const shown = await account((await present()).browser)
      expect(shown).toContain('unit R&amp;D')
      expect(shown).not.toContain('department')
      expect(shown).not.toContain('grade')
    })

    it('are not left to a later person of the same id', async () => {
      says({ department: 'R&D' })
      await world.method({ custom_attribute_fields: FIELDS })
      const { sub } = await present()
      const { deps } = world.here.service
      await removeUser(deps, TENANT, sub)
      const again = {
        user_id: sub,
        username: sub,
        email: `again-${count}@example.com`,
        tenant_id: TENANT,
        is_verified: true,
      }
      await world.here.admin('POST', `/v1/tenants/${TENANT}/users`, again)
      const user = await deps.store.get(USERS, TENANT, sub)
      expect(user && (await customAttributesOf(deps.store, user))).toEqual({})
    })
  })

  describe('force_creating_username_and_password_during_sign_up', () => {
    const PASSWORD = 'a horse of battery staples'
    const forced = () => world.method({ force_creating_username_and_password_during_sign_up: true })

    it('asks a newcomer for both, and the account has them', async () => {
      await forced()
      const { page, ...login } = await arrive(world)
      expect(new URL(page.headers.get('location') ?? '', world.here.url).pathname).toBe(`/${TENANT}/login/with/first`)
      const form = await login.browser.open(new URL(page.headers.get('location') ?? '', world.here.url).href)
      const done = await login.browser.submit(form, { username: `jane-${count}`, new_password: PASSWORD })
      const { sub } = await claimsOf(world, login, done)
      expect(await stored(sub)).toMatchObject({ username: `jane-${count}`, email: `p${count}@example.com` })
      const user = await world.here.service.deps.store.get(USERS, TENANT, sub)
      expect(await isPasswordOf(world.here.service.deps, TENANT, user, PASSWORD)).toBe(true)
    })

    it('asks again for a name that is taken and a password that is too weak, and creates nobody', async () => {
      await world.here.admin('POST', `/v1/tenants/${TENANT}/users`, {
        user_id: `taken-${count}`,
        username: `taken-${count}`,
        email: `taken-${count}@example.com`,
        tenant_id: TENANT,
        is_verified: true,
      })
      await forced()
      const { page, ...login } = await arrive(world)
      const address = new URL(page.headers.get('location') ?? '', world.here.url).href
      const tries = async (values: Readonly<Record<string, string>>) => {
        const answer = await login.browser.submit(await login.browser.open(address), values)
        return [answer.status, textOf(await answer.text())] as const
      }
      expect(await tries({ username: `taken-${count}`, new_password: PASSWORD })).toEqual([
        409,
        expect.stringContaining('That user name is taken'),
      ])
      expect(await tries({ username: 'a b', new_password: PASSWORD })).toEqual([
        422,
        expect.stringContaining('A user name may contain only letters'),
      ])
      expect((await tries({ username: `new-${count}`, new_password: 'short' }))[0]).toBe(422)
      const found = await world.here.admin<{ users: readonly object[] }>('GET', `/v1/tenants/${TENANT}/users?limit=100`)
      expect(JSON.stringify(found)).not.toContain(`p${count}@example.com`)
    })

    it('asks nobody who is known already, and off nobody at all', async () => {
      const { sub } = await signedIn(world)
      await forced()
      expect((await signedIn(world)).sub).toBe(sub)
    })
  })
})
