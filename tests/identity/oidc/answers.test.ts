import { afterAll, beforeAll, expect, it } from 'vitest'
import { openApplication } from './application.ts'
import { type OidcWorld, openOidcWorld } from './world.ts'

let world: OidcWorld
beforeAll(async () => {
  world = await openOidcWorld()
})
afterAll(() => world.close())

it('the public facts of a tenant do not tell how it blocks', async () => {
  const { tenant } = await openApplication(world)
  const answer = await fetch(`${world.url}/v1/login/client-tenant?client_id=web&tenant_id=${tenant}`)
  expect(((await answer.json()) as { tenant: object }).tenant).not.toHaveProperty('block_config')
})

it('a rotation says from when on the new keys are in use', async () => {
  const app = await openApplication(world)
  const { active_from } = await world.admin<{ active_from: string }>('POST', `/v1/tenants/${app.tenant}/keys/rotate`)
  const { keys } = (await (await fetch(`${world.url}/${app.tenant}/oidc/jwks`)).json()) as { keys: unknown[] }
  expect(Date.parse(active_from)).toBeGreaterThan(Date.now())
  expect(keys.length).toBeGreaterThanOrEqual(2)
})
