import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ControllerWorld } from './world.ts'

describe('an object that is applied', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  it('is made in its system and becomes Ready', async () => {
    const cluster = await world.namespace()
    await cluster.tenant('acme-web', { pin: { size: 7 } })
    const seen = await cluster.ready('Tenant', 'acme-web')
    expect(seen.status).toMatchObject({ system: 'SecretsVault', externalId: 'acme-web' })
    expect((await world.call('GET', '/v1/tenants/acme-web')).body).toMatchObject({ pin_size: 7 })
  })
})
