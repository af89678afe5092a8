import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, type PasswordWorld } from '../password/world.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** What SCIM answers to a user with a number, in a tenant where numbers are checked or not. */
async function statusOf(isChecked: boolean, number: string): Promise<number> {
  const { tenant, organization } = await world.tenant()
  await world.cim(organization, { features: { mobile_number_validation_backend_services_enabled: isChecked } })
  const user = { schemas: [SCHEMA], userName: 'jane', phoneNumbers: [{ value: number, type: 'mobile' }] }
  return (await login.admin('POST', `/scim/v2/${tenant}/Users`, user)).status
}

it.each([
  [true, '+49 1512 3456789', 201],
  [true, '12345', 400],
  [true, '+1 900 555 0199', 400],
  [false, '12345', 201],
])(
  'mobile_number_validation_backend_services_enabled %s: a directory writes %s and gets %d',
  async (on, number, status) => {
    expect(await statusOf(on, number)).toBe(status)
  },
)

it('a number that was there before the check stays, and a new one is checked', async () => {
  const { tenant, organization } = await world.tenant()
  const user = { schemas: [SCHEMA], userName: 'jane', phoneNumbers: [{ value: '12345' }] }
  const { body } = await login.admin('POST', `/scim/v2/${tenant}/Users`, user)
  await world.cim(organization, { features: { mobile_number_validation_backend_services_enabled: true } })
  const put = (more: object) => login.admin('PUT', `/scim/v2/${tenant}/Users/${body.id}`, { ...user, ...more })
  expect((await put({ displayName: 'Jane' })).status).toBe(200)
  expect((await put({ phoneNumbers: [{ value: '54321' }] })).status).toBe(400)
})
