import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LoginWorld } from '../login/world.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld } from '../password/world.ts'
import { ACCESS } from '../settings/runtime.ts'

let world: PasswordWorld
let login: LoginWorld
let close: () => Promise<void>
beforeAll(async () => {
  ;({ world, login, close } = await openPasswordWorld())
})
afterAll(() => close())

const JANE = 'jane@example.com'

/** A tenant of an organization whose Navixy default makes the code by e-mail a second factor of everybody. */
async function withSecondFactor(): Promise<string> {
  const { tenant, organization } = await world.tenant()
  const path = `/orgs/${organization}/navixy/panel/user/mfa/settings/default/update`
  const headers = { authorization: `NVX ${ACCESS.navixy.hash}` }
  const answer = await login.send('POST', path, { settings: { type: 'allowed', factor_types: ['email'] } }, { headers })
  expect(answer.body).toMatchObject({ success: true })
  await world.user(tenant)
  return tenant
}

const step = (handle: string, path: string, body: object) =>
  login.send('POST', `/v1/login/${path}?auth_req_id=${handle}`, { username: 'jane', ...body })

const mailed = async (tenant: string) =>
  /\b\d{6}\b/.exec((await login.mailTo(tenant, JANE, 'your code to sign in'))?.text ?? '')?.[0] ?? ''

it('a password alone is not enough; the mailed code completes the login', async () => {
  const tenant = await withSecondFactor()
  const handle = await login.begin(tenant)
  expect((await step(handle, 'password', { password: PASSWORD })).body.need_verify).toBe(true)
  await step(handle, 'code/request', {})
  expect((await step(handle, 'code', { code: await mailed(tenant) })).body.need_verify).toBe(false)
})

it('a mailed code alone is not enough', async () => {
  const tenant = await withSecondFactor()
  const handle = await login.begin(tenant)
  await step(handle, 'code/request', {})
  expect((await step(handle, 'code', { code: await mailed(tenant) })).body.need_verify).toBe(true)
})

it('the two factors have to be of the same person', async () => {
  const tenant = await withSecondFactor()
  await world.user(tenant, 'joe')
  const handle = await login.begin(tenant)
  await step(handle, 'password', { username: 'joe', password: PASSWORD })
  await step(handle, 'code/request', {})
  expect((await step(handle, 'code', { code: await mailed(tenant) })).status).toBe(401)
})
