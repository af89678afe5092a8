import { once } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PlumblineError } from '../../config/errors.ts'
import { resolve } from '../../config/references.ts'
import type { ConnectOptions, System } from '../../reconciler/adapter.ts'
import { Connections } from '../../reconciler/connections.ts'
import { secretSource } from '../../reconciler/secret-source.ts'
import type { Answered, Outgoing } from '../../reconciler/send.ts'
import { MemorySystem } from '../support/memory-system.ts'
import { asking } from '../support/sending.ts'
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
    endpoint: 'https://vault.example/base//',
    credentials: { apiKey: { fromEnv: key } },
    rateLimit: { requestsPerSecond: 10, burst: 1 },
    timeoutSeconds: 5,
  })

async function opened(...connections: readonly ReturnType<typeof vault>[]) {
  const system = new Connectable()
  const clock = new VirtualClock()
  const sent: Request[] = []
  const runtime = new Connections({
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
  return {
    runtime,
    system,
    clock,
    sent,
    call: (i: number) => system.connected[i]?.fetch('https://vault.example/x', asking()),
  }
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

/** A network that does not answer. */
const never = async (_: string, { signal }: Outgoing): Promise<Answered> => {
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
}

describe('a Connection', () => {
  const spec = {
    system: 'SecretsVault',
    endpoint: 'https://vault.example',
    credentials: { apiKey: { fromEnv: 'KEY' } },
  }

  function runtimeOf(
    more: Record<string, unknown>,
    options: Partial<ConstructorParameters<typeof Connections>[0]> = {},
  ) {
    const system = new Connectable()
    const sent: (RequestInit | undefined)[] = []
    const clock = new VirtualClock()
    const runtime = new Connections({
      index: resolve([document('Connection', 'c', { ...spec, ...more })]),
      systems: new Map([[system.name, system]]),
      secrets: secretSource({ env: { KEY: 'key' }, folder: '/nowhere' }),
      embedded: () => Promise.reject(new Error('not asked for')),
      fetch: async (_, init) => {
        sent.push(init)
        return new Response('{}')
      },
      clock,
      ...options,
    })
    return { runtime, system, sent, clock }
  }

  it('tells its system where tokens come from, and the time', async () => {
    const { runtime, clock } = runtimeOf({ tokenUrl: 'https://login.example/token' })
    clock.time = 5_000
    const options = await runtime.access('c')
    expect([options.tokenUrl, options.now()]).toEqual(['https://login.example/token', new Date(5_000)])
    expect(await runtimeOf({}).runtime.access('c')).not.toHaveProperty('tokenUrl')
  })

  it('repeats a request that only reads, as often as its door does', async () => {
    const { runtime, clock } = runtimeOf({})
    const { repeat } = await runtime.access('c')
    let asked = 0
    const busy = async () => {
      asked += 1
      if (asked < 3) throw new PlumblineError('UNAVAILABLE', 'busy', { retry: 'backoff' })
      return 'read'
    }
    expect(await repeat?.(busy, new AbortController().signal, false)).toBe('read')
    expect(clock.waits).toEqual([1_000, 2_000])
  })

  it('is paused when it says so', async () => {
    expect((await runtimeOf({ management: 'Paused' }).runtime.connection('c')).paused).toBe(true)
    expect((await runtimeOf({ management: 'Full' }).runtime.connection('c')).paused).toBe(false)
    expect(await runtimeOf({}).runtime.connection('c')).toMatchObject({ name: 'c', paused: false, parallelWrites: 8 })
  })

  it('is not followed where that is refused: no secret is read', async () => {
    const refused = new Map([['c', 'it is not in main']])
    const secrets = () => expect.fail('a secret was read')
    const { runtime } = runtimeOf({}, { refused, secrets })
    await expect(runtime.connection('c')).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'the Connection c is not followed: it is not in main',
      help: expect.stringContaining('--trust'),
    })
    await expect(runtime.access('c')).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it('to a system that nobody speaks is refused', async () => {
    const { runtime } = runtimeOf({}, { systems: new Map() })
    await expect(runtime.connection('c')).rejects.toMatchObject({
      code: 'INVALID_DOCUMENT',
      message: 'no provider speaks SecretsVault',
    })
  })

  it('that could not be opened is tried anew the next time', async () => {
    const env: Record<string, string> = {}
    const { runtime } = runtimeOf({}, { secrets: secretSource({ env, folder: '/nowhere' }) })
    await expect(runtime.connection('c')).rejects.toMatchObject({ code: 'UNRESOLVED_SECRET' })
    env.KEY = 'here now'
    expect((await runtime.connection('c')).name).toBe('c')
  })

  it('in a namespace is found there', async () => {
    const connection = document('Connection', 'c', spec)
    const index = resolve([{ ...connection, metadata: { name: 'c', namespace: 'team' } }])
    const { runtime } = runtimeOf({}, { index })
    expect((await runtime.connection('team/c')).name).toBe('team/c')
    await expect(runtime.connection('c')).rejects.toMatchObject({ message: 'there is no Connection c' })
  })

  it('gives up a call when its caller does', async () => {
    const { fetch } = await runtimeOf({}, { fetch: never }).runtime.access('c')
    const controller = new AbortController()
    const sent = fetch('https://vault.example', asking({ method: 'DELETE', signal: controller.signal }))
    controller.abort('enough')
    await expect(sent).rejects.toBe('enough')
  })

  it('gives up a call that takes longer than it may: 30 s, or what it says', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    for (const [more, bound] of [
      [{}, 30_000],
      [{ timeoutSeconds: 5 }, 5_000],
    ] as const) {
      const { fetch } = await runtimeOf(more, { fetch: never }).runtime.access('c')
      let ended: unknown
      fetch('https://x', asking()).catch((e: unknown) => {
        ended = e
      })
      await vi.advanceTimersByTimeAsync(bound - 1)
      expect(ended).toBeUndefined()
      await vi.advanceTimersByTimeAsync(1)
      expect(ended).toMatchObject({ name: 'TimeoutError' })
    }
  })

  it('sends a thousand requests a second where it says nothing else', async () => {
    const { runtime, clock } = runtimeOf({})
    const { fetch } = await runtime.access('c')
    for (let i = 0; i < 1_001; i++) await fetch('https://vault.example', asking())
    expect(clock.waits).toEqual([1])
  })

  it('forgets what it has read, with all others that are open', async () => {
    const { runtime, system } = runtimeOf({})
    const forgotten: string[] = []
    const connect = system.connect.bind(system)
    system.connect = (options) => ({ ...connect(options), refresh: () => void forgotten.push('c') })
    await runtime.connection('c')
    const failing = runtime.connection('gone').catch(() => undefined)
    await runtime.refresh()
    await failing
    expect(forgotten).toEqual(['c'])
  })

  it('knows its place by its URL where the system tells none', async () => {
    const { runtime } = runtimeOf({ endpoint: 'https://VAULT.example:443/' })
    expect(await (await runtime.connection('c')).place(new AbortController().signal)).toBe('https://vault.example')
  })

  it('asks for its place once, and anew after it could not be told', async () => {
    const { runtime, system } = runtimeOf({})
    let asked = 0
    system.tellPlace = async () => {
      asked += 1
      if (asked === 1) throw new PlumblineError('REJECTED', 'not now')
      return 'instance:1'
    }
    const { signal } = new AbortController()
    const { place } = await runtime.connection('c')
    const both = await Promise.allSettled([place(signal), place(signal)])
    expect([both.map((b) => b.status), asked]).toEqual([['rejected', 'rejected'], 1])
    expect([await place(signal), await place(signal), asked]).toEqual(['instance:1', 'instance:1', 2])
  })
})
