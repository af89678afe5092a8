import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FederationWorld, openFederationWorld, signIn } from './world.ts'

describe('signing in at another provider', () => {
  let world: FederationWorld
  let id: string
  beforeAll(async () => {
    world = await openFederationWorld()
    id = await world.method()
  })
  afterAll(() => world.close())

  it('makes an account at the first login, and finds it again at the next one', async () => {
    const first = await signIn(world, id)
    expect(first).toMatchObject({ amr: ['fed', 'urn:plumbline:login-method:OpenIdConnect%2FWork%20account'] })
    expect((await signIn(world, id)).sub).toBe(first.sub)
    expect(await world.here.admin('GET', `/v1/tenants/acme-web/users/${first.sub}`)).toMatchObject({
      username: 'ada',
      email: 'ada@example.com',
      is_verified: true,
    })
  })
})
