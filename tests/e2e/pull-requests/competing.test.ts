import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tenant } from '../../cli/project.ts'
import { GITEA_TIMEOUT } from '../../support/gitea.ts'
import { STEP_TIMEOUT, World } from './world.ts'

/** One story: each test goes on where the one before has ended. */
describe('two pull requests that change one object', { timeout: STEP_TIMEOUT }, () => {
  let world: World
  let first: number
  let second: number
  beforeAll(async () => {
    world = await World.create()
    await world.serve('--live')
  }, GITEA_TIMEOUT)
  afterAll(() => world?.close())

  it('are told about each other, though they change it in different files', async () => {
    first = await world.open(world.alice, 'first', { 'documents/web.yaml': tenant('web', 8) })
    await world.hears(first, 'Plan:')
    const moved = tenant('web', 9)
      .replace('{name: web}', '{name: portal}')
      .replace('displayName', 'tenantId: web\n  displayName')
    second = await world.open(world.alice, 'second', { 'documents/web.yaml': '', 'documents/portal.yaml': moved })
    expect(await world.hears(second, 'Waits for')).toContain(`#${first}`)
    expect(await world.hears(first, 'waits for this one')).toContain(`#${second}`)
  })

  it('are not applied out of turn', async () => {
    await world.comment(world.alice, second, 'plumbline apply')
    expect(await world.hears(second, 'Nothing was applied.')).toContain(`#${first} was first to change`)
  })

  it('survive the death of the server: what was merged meanwhile is applied when it comes back', async () => {
    await world.kill()
    await world.merge(first)
    await world.serve('--live')
    await world.hears(first, 'Applied, as reviewed.')
    expect(await world.call('GET', '/v1/tenants/web')).toMatchObject({ pin_size: 8 })
  })

  it('give way: the other one is next, with a plan of its own, and clashes are told', async () => {
    expect(await world.hears(second, 'The change conflicts with its base.')).not.toContain('Waits for')
  })

  it('give way also when a person unlocks', async () => {
    const third = await world.open(world.alice, 'third', { 'documents/shop.yaml': tenant('shop', 8) })
    await world.hears(third, 'Plan:')
    const fourth = await world.open(world.alice, 'fourth', { 'documents/shop.yaml': tenant('shop', 9) })
    await world.hears(fourth, 'Waits for')
    await world.comment(world.alice, third, 'plumbline unlock')
    await world.hears(third, 'Its locks are given back.')
    await world.hears(fourth, 'waits for this one')
    await world.comment(world.alice, fourth, 'plumbline apply')
    await world.hears(fourth, 'Applied, as reviewed.')
    expect(await world.call('GET', '/v1/tenants/shop')).toMatchObject({ pin_size: 9 })
  })
})
