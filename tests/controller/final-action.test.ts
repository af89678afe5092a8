import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

const RELOAD = /^POST .*\/extension\/reload$/
const from = (key: string) => ({ fromSecret: { name: 'cim', key } })

describe('the final action of a Connection', () => {
  let world: ControllerWorld
  beforeAll(async () => {
    world = await ControllerWorld.start()
    world.controller()
  })
  afterAll(() => world.stop())

  /** An organization with its CIM, reached through the Connection `cim`. */
  const withCim = async (organization: string): Promise<Cluster> => {
    const cluster = await world.namespace()
    const access = { username: from('user'), password: from('password') }
    await cluster.secret('cim', { user: 'configurator', password: `password-of-${organization}` })
    await cluster.apply('Organization', organization, { connectionRef: { name: 'runtime' }, access: { cim: access } })
    await cluster.apply('Connection', 'cim', {
      system: 'OneWelcomeCim',
      endpoint: 'embedded',
      organizationRef: { name: organization },
      credentials: access,
    })
    return cluster
  }
  const texts = (locale: string) => ({
    connectionRef: { name: 'cim' },
    locale,
    messages: { 'login.title': `Welcome in ${locale}` },
  })
  const reloads = (organization: string): number =>
    world.requests.filter((r) => RELOAD.test(r) && r.includes(`/orgs/${organization}/`)).length
  const isDue = async (cluster: Cluster): Promise<boolean> =>
    (await cluster.find('Connection', 'cim'))?.metadata.annotations?.['plumbline.dev/final-action-due'] !== undefined

  it('runs once after a burst of writes, and is not due any more', async () => {
    const cluster = await withCim('burst')
    for (const locale of ['en', 'de', 'fr']) await cluster.apply('CimCustomMessages', locale, texts(locale))
    for (const locale of ['en', 'de', 'fr']) await cluster.ready('CimCustomMessages', locale)
    await world.until('it has run', async () => reloads('burst') > 0 && !(await isDue(cluster)))
    expect(reloads('burst')).toBe(1)
  })

  it('that an earlier process owed is made up for', async () => {
    const cluster = await withCim('owed')
    await cluster.ready('Connection', 'cim')
    await cluster.annotate('Connection', 'cim', { 'plumbline.dev/final-action-due': 'true' })
    await Promise.all(world.running.map((controller) => controller.stop()))
    expect(reloads('owed')).toBe(0)
    world.controller()
    await world.until('it has run', async () => reloads('owed') === 1 && !(await isDue(cluster)))
  })
})
