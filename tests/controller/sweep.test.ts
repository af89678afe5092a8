import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from './cluster.ts'
import { ControllerWorld } from './world.ts'

/** A sweep comes every few seconds, and what it reads is shared for a second. */
const INTERVAL = { drift: { interval: '6s' } }

describe('a sweep for drift through one Connection', () => {
  let world: ControllerWorld
  let cluster: Cluster
  let adminUrl: string
  beforeAll(async () => {
    world = await ControllerWorld.start()
    adminUrl = await world.controller().adminUrl
    cluster = await world.namespace()
  })
  afterAll(() => world.stop())

  /** Looks of a kind so far, as the metrics count them. */
  const looks = async (kind: string): Promise<number> => {
    const series = `controller_runtime_reconcile_total{controller="${kind.toLowerCase()}"`
    const text = await (await fetch(`${adminUrl}/metrics`)).text()
    const lines = text.split('\n').filter((l) => l.startsWith(series))
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }
  /** Requests to the systems while each of `count` objects of a kind is looked at once more. */
  const requestsOfSweep = async (kind: string, count: number): Promise<readonly string[]> => {
    const [start, before] = [await looks(kind), world.requests.length]
    await world.until('every object was looked at', async () => (await looks(kind)) >= start + count)
    return world.requests.slice(before)
  }

  it('reads a list in place of many single objects', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `listed-${i}`)
    for (const name of names) await cluster.tenant(name, INTERVAL)
    for (const name of names) await cluster.ready('Tenant', name)
    const requests = await requestsOfSweep('Tenant', names.length)
    expect(requests).toContain('GET /v1/tenants')
    expect(requests.filter((r) => r.startsWith('GET /v1/tenants/listed-'))).toEqual([])
  })

  it('finds the drift of one object among them, and looks at it anew before it writes', async () => {
    await world.changeTenant('listed-3', { pin_size: 5 })
    await cluster.patchSpec('Tenant', 'listed-3', { pin: { size: 8 } })
    await cluster.status('Tenant', 'listed-3', (s) => s.status.history?.[0]?.generation === 2)
    await world.changeTenant('listed-3', { pin_size: 5, show_pin_when_typing: true })
    await cluster.status('Tenant', 'listed-3', (s) => s.status.history?.[0]?.action === 'correct', 'corrected')
    const { body } = await world.call('GET', '/v1/tenants/listed-3')
    expect(body).toMatchObject({ pin_size: 8, show_pin_when_typing: true })
  })

  it('reads the one CIM document once for all that it holds', async () => {
    const credentials = {
      username: { fromSecret: { name: 'cim', key: 'username' } },
      password: { fromSecret: { name: 'cim', key: 'password' } },
    }
    await cluster.secret('cim', { username: 'plumbline', password: 'a long password' })
    await cluster.apply('Organization', 'swept', { connectionRef: { name: 'runtime' }, access: { cim: credentials } })
    await cluster.apply('Connection', 'cim', {
      system: 'OneWelcomeCim',
      endpoint: 'embedded',
      organizationRef: { name: 'swept' },
      credentials,
    })
    const common = { connectionRef: { name: 'cim' }, ...INTERVAL }
    const locales = ['nl_NL', 'en_GB', 'de_DE', 'fr_FR', 'sv_SE', 'it_IT']
    for (const locale of locales) {
      const name = locale.toLowerCase().replace('_', '-')
      await cluster.apply('CimCustomMessages', name, { ...common, locale, messages: { 'login.title': 'Acme' } })
    }
    for (const locale of locales) await cluster.ready('CimCustomMessages', locale.toLowerCase().replace('_', '-'))
    await requestsOfSweep('CimCustomMessages', locales.length)
    const requests = await requestsOfSweep('CimCustomMessages', locales.length)
    const reads = requests.filter((r) => r.startsWith('GET ') && r.includes('/orgs/swept/cim/'))
    expect(reads.length).toBeGreaterThan(0)
    expect(reads.length).toBeLessThan(locales.length)
  })
})
