import { afterAll, beforeAll, expect, it } from 'vitest'
import { customAttributesOf } from '../../../identity/directory/custom-attributes.ts'
import { USERS } from '../../../identity/directory/users.ts'
import { arrive, openStandInWorld, type StandInWorld, signedIn } from './strangers.ts'
import { claimsOf, TENANT } from './world.ts'

let world: StandInWorld
beforeAll(async () => {
  world = await openStandInWorld()
  await world.here.admin('PUT', `/v1/tenants/${TENANT}`, {
    display_name: 'Acme',
    register_enable: true,
    has_username_and_email: true,
  })
})
afterAll(() => world?.close())

// docs/federation.md, "BankID through a broker": the stand-in for the provider says what brokers say of somebody with BankID.
it('BankID through a broker is a login method of the type OpenIdConnect, whose claims mappings name', async () => {
  await world.method(
    {
      authentication_level: 3,
      custom_attribute_mappings: [{ attribute_to_map_from: 'socialno', attribute_to_map_to: 'personalNumber' }],
      excluded_unmapped_attributes: ['country'],
    },
    { scopes: ['openid', 'profile', 'ssn'] },
  )
  const name = { name: 'Anna Svensson', given_name: 'Anna', family_name: 'Svensson' }
  world.standIn.person = { sub: '{a1b2}', ...name, socialno: '199001019802', country: 'SE' }
  const { browser, page, ...login } = await arrive(world)
  expect(world.standIn.asked.get('scope')).toBe('openid profile ssn')
  const first = await browser.open(new URL(page.headers.get('location') ?? '', world.here.url).href)
  const { sub, amr } = await claimsOf(world, { browser, ...login }, await browser.submit(first, { decision: 'create' }))
  // What the broker asked for is its word, so it is one factor.
  expect(amr).not.toContain('mfa')
  const { store } = world.here.service.deps
  const user = await store.get(USERS, TENANT, sub)
  expect(user).toMatchObject({ attributes: { displayName: 'Anna Svensson', name: { familyName: 'Svensson' } } })
  expect(user && (await customAttributesOf(store, user))).toEqual({ personalNumber: '199001019802' })
  expect((await signedIn(world)).sub).toBe(sub)
})
