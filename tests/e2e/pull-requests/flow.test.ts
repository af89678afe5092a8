import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tenant } from '../../cli/project.ts'
import { GITEA_TIMEOUT } from '../../support/gitea.ts'
import { STEP_TIMEOUT, until, World } from './world.ts'

/** One story on a real Gitea: each test goes on where the one before has ended. */
describe('a pull request, from its opening to the systems', { timeout: STEP_TIMEOUT }, () => {
  let world: World
  let first: number
  beforeAll(async () => {
    world = await World.create()
    await world.serve('--live')
  }, GITEA_TIMEOUT)
  afterAll(() => world?.close())

  it('is reviewed in one comment: the verdict, what becomes weaker, the plan', async () => {
    first = await world.open(world.alice, 'weaker', { 'documents/web.yaml': tenant('web', 4) })
    const comment = await world.hears(first, 'This change makes logins weaker. It needs consent.')
    expect(comment).toContain('people choose PINs of 4 digits instead of 6')
    expect(comment).toContain('<details><summary>Plan: ')
    expect(comment).toContain('Tenant/web')
  })

  it('has its comment brought up to date in place after a push', async () => {
    await world.push(world.alice, 'weaker', { 'documents/web.yaml': tenant('web', 5) })
    await world.hears(first, 'people choose PINs of 5 digits instead of 6')
    expect(await world.said(first)).toHaveLength(1)
  })

  it('is not applied while nobody approved weaker logins', async () => {
    await world.comment(world.alice, first, 'plumbline apply')
    expect(await world.hears(first, 'Nothing was applied')).toContain('plumbline approve weakening')
  })

  it('passes its check once somebody has agreed', async () => {
    await world.comment(world.alice, first, 'plumbline approve weakening')
    await world.hears(first, '`alice` approved weaker logins')
    const { head } = await world.gitea.call<{ head: { sha: string } }>(
      world.alice,
      'GET',
      `/repos/acme/identity/pulls/${first}`,
    )
    await until(async () => (await world.check(head.sha))?.status === 'success')
  })

  it('is applied exactly as reviewed after the merge', async () => {
    await world.merge(first)
    await world.hears(first, 'Applied, as reviewed.')
    expect(await world.call('GET', '/v1/tenants/web')).toMatchObject({ pin_size: 5 })
  })

  it('leaves nothing to do: the plan of the next one holds its own change alone', async () => {
    const second = await world.open(world.alice, 'stronger', { 'documents/web.yaml': tenant('web', 8) })
    expect(await world.hears(second, 'Plan: 1 to update, 2 unchanged.')).toContain('makes a login weaker')
    await world.merge(second)
    await world.hears(second, 'Applied, as reviewed.')
    expect(await world.call('GET', '/v1/tenants/web')).toMatchObject({ pin_size: 8 })
  })

  it('explains a login to whom asks', async () => {
    const third = await world.open(world.alice, 'nothing', { 'README.md': 'hello' })
    await world.hears(third, 'The documents say the same as before.')
    await world.comment(world.alice, third, 'plumbline explain web')
    await world.hears(third, 'digits of a PIN: 8')
  })

  it('is refused when the systems have changed since, with what is different', async () => {
    const drifting = await world.open(world.alice, 'drifting', { 'documents/shop.yaml': tenant('shop', 9) })
    await world.hears(drifting, 'Plan: 1 to update')
    const { is_2fa: _, ...shop } = await world.call('GET', '/v1/tenants/shop')
    await world.call('PUT', '/v1/tenants/shop', { ...shop, pin_size: 7 })
    await world.merge(drifting)
    const told = await world.hears(drifting, 'the plan is not what it was when it was reviewed')
    expect(told).toContain('Tenant/shop')
    expect(await world.call('GET', '/v1/tenants/shop')).toMatchObject({ pin_size: 7 })
    await world.comment(world.alice, drifting, 'plumbline apply')
    await world.hears(drifting, 'Applied, as reviewed.')
    expect(await world.call('GET', '/v1/tenants/shop')).toMatchObject({ pin_size: 9 })
  })

  it('of a fork is planned after the merge, and applied when somebody who may says so', async () => {
    await world.gitea.call(world.mallory, 'POST', '/repos/acme/identity/forks', {})
    await world.push(world.mallory, 'gift', { 'documents/shop.yaml': tenant('shop', 10) }, 'mallory/identity')
    const gift = await world.pull(world.mallory, 'mallory:gift')
    expect(await world.hears(gift, 'From a fork')).not.toContain('Plan:')
    await world.merge(gift)
    expect(await world.hears(gift, 'Merged, and not applied yet.')).toContain('Plan: 1 to update')
    expect(await world.call('GET', '/v1/tenants/shop')).toMatchObject({ pin_size: 9 })
    await world.comment(world.alice, gift, 'plumbline apply')
    await world.hears(gift, 'Applied, as reviewed.')
    expect(await world.call('GET', '/v1/tenants/shop')).toMatchObject({ pin_size: 10 })
  })
})
