import { describe, expect, it } from 'vitest'
import { resolve } from '../../config/references.ts'
import { Connections, EMBEDDED_BASE_URL } from '../../reconciler/connections.ts'
import { secretSource } from '../../reconciler/secret-source.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { asking, textOf } from '../support/sending.ts'
import { document, VirtualClock } from '../support/world.ts'

describe('a Connection to the embedded service', () => {
  const embedded = (name: string, system: string, spec: Record<string, unknown> = {}) =>
    document('Connection', name, { system, endpoint: 'embedded', ...spec })
  const organization = document('Organization', 'acme', {
    connectionRef: { name: 'vault' },
    organizationId: 'acme & co',
  })

  async function embeddedRuntime(adminKey: string | undefined, ...documents: ReturnType<typeof embedded>[]) {
    const systems = ['SecretsVault', 'Pigello', 'OneWelcomeCim', 'SailPoint', 'Navixy'] as const
    const opened: number[] = []
    const connections = new Connections({
      index: resolve([embedded('vault', 'SecretsVault'), organization, ...documents]),
      systems: new Map(systems.map((name) => [name, new MemorySystem(name)])),
      secrets: secretSource({ env: { KEY: 'named' }, folder: '/nowhere' }),
      embedded: async () => {
        opened.push(1)
        return { fetch: async () => new Response('embedded'), adminKey }
      },
      fetch: async () => new Response('network'),
      clock: new VirtualClock(),
    })
    return { connections, opened }
  }

  it.each([
    ['SecretsVault', ''],
    ['Pigello', '/orgs/acme%20%26%20co/pigello'],
    ['OneWelcomeCim', '/orgs/acme%20%26%20co/cim'],
    ['SailPoint', '/orgs/acme%20%26%20co/sailpoint'],
    ['Navixy', '/orgs/acme%20%26%20co/navixy'],
  ])('leads to where the contract of %s is served', async (system, path) => {
    const { connections } = await embeddedRuntime('admin', embedded('c', system, { organizationRef: { name: 'acme' } }))
    expect((await connections.access('c')).baseUrl).toBe(`${EMBEDDED_BASE_URL}${path}`)
  })

  it('needs the organization that it belongs to', async () => {
    const { connections } = await embeddedRuntime(
      'admin',
      embedded('c', 'Navixy', { organizationRef: { name: 'gone' } }),
    )
    await expect(connections.connection('c')).rejects.toMatchObject({
      code: 'UNRESOLVED_REFERENCE',
      message: 'the Organization of the Connection/c does not exist',
    })
  })

  it('is opened once, and spoken to without a network', async () => {
    const { connections, opened } = await embeddedRuntime('admin')
    const { fetch } = await connections.access('vault')
    expect(await textOf(await fetch('http://x', asking()))).toBe('embedded')
    await connections.access('vault')
    expect(opened).toEqual([1])
  })

  it('has the administrator key of the service where it names no credentials', async () => {
    const { connections } = await embeddedRuntime(
      'admin',
      embedded('own', 'SecretsVault', { credentials: { apiKey: { fromEnv: 'KEY' } } }),
    )
    const keyOf = async (name: string) => (await connections.access(name)).credentials.apiKey?.reveal()
    expect([await keyOf('vault'), await keyOf('own')]).toEqual(['admin', 'named'])
    expect((await (await connections.access('vault')).renewCredentials()).apiKey?.reveal()).toBe('admin')
  })

  it('has to name its credentials where the key is not at hand', async () => {
    const { connections } = await embeddedRuntime(undefined)
    await expect(connections.connection('vault')).rejects.toMatchObject({
      code: 'UNRESOLVED_SECRET',
      help: 'Name it in credentials.apiKey of the Connection.',
    })
  })

  it('elsewhere has no credentials where none are named', async () => {
    const remote = document('Connection', 'remote', { system: 'SecretsVault', endpoint: 'https://remote.example' })
    const { connections, opened } = await embeddedRuntime('admin', remote)
    const { credentials, baseUrl, fetch } = await connections.access('remote')
    expect([credentials, baseUrl, await textOf(await fetch('https://x', asking()))]).toEqual([
      {},
      'https://remote.example',
      'network',
    ])
    expect(opened).toEqual([])
  })
})
