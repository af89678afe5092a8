import { describe, expect, it } from 'vitest'
import { resolve } from '../../config/references.ts'
import type { ConnectOptions, System } from '../../reconciler/adapter.ts'
import { Runtime } from '../../reconciler/runtime.ts'
import { secretSource } from '../../reconciler/secret-source.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { document, VirtualClock } from '../support/world.ts'

/** A system that hands out what it was connected with. */
class Connectable extends MemorySystem implements System {
  readonly connected: ConnectOptions[] = []

  override connect(options?: ConnectOptions) {
    if (options) this.connected.push(options)
    return super.connect()
  }
}

const vault = (name: string, key: string) =>
  document('Connection', name, {
    system: 'SecretsVault',
    endpoint: 'https://vault.example/base/',
    credentials: { apiKey: { fromEnv: key } },
    rateLimit: { requestsPerSecond: 10, burst: 1 },
    timeoutSeconds: 5,
  })

async function opened(...connections: readonly ReturnType<typeof vault>[]) {
  const system = new Connectable()
  const clock = new VirtualClock()
  const sent: Request[] = []
  const runtime = new Runtime({
    index: resolve(connections),
    systems: new Map([[system.name, system]]),
    secrets: secretSource({ env: { ONE: 'first key', TWO: 'second key' }, folder: '/nowhere' }),
    embedded: () => Promise.reject(new Error('not asked for')),
    fetch: async (input, init) => {
      sent.push(new Request(input, init))
      return new Response('{}')
    },
    clock,
  })
  for (const { metadata } of connections) await runtime.connection(metadata.name)
  return { runtime, system, clock, sent, call: (i: number) => system.connected[i]?.fetch('https://vault.example/x') }
}

describe('connections', () => {
  it('of one credential at one endpoint share one token bucket', async () => {
    const { clock, call } = await opened(vault('a', 'ONE'), vault('b', 'ONE'))
    await call(0)
    await call(1)
    expect(clock.waits).toEqual([100])
  })

  it('of different credentials do not wait for each other', async () => {
    const { clock, call } = await opened(vault('a', 'ONE'), vault('b', 'TWO'))
    await call(0)
    await call(1)
    expect(clock.waits).toEqual([])
  })

  it('are opened once each, with the base URL and resolved credentials', async () => {
    const { runtime, system } = await opened(vault('a', 'ONE'))
    await runtime.connection('a')
    expect(system.connected).toHaveLength(1)
    expect(system.connected[0]).toMatchObject({ baseUrl: 'https://vault.example/base' })
    expect(system.connected[0]?.credentials.apiKey?.reveal()).toBe('first key')
  })

  it('that no document describes are an error before anything is sent', async () => {
    const { runtime, sent } = await opened()
    await expect(runtime.connection('missing')).rejects.toMatchObject({ code: 'UNRESOLVED_REFERENCE' })
    expect(sent).toEqual([])
  })
})
