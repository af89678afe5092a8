import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Kind, SystemName } from '../../config/kind.ts'
import { kindOf } from '../../config/kinds/index.ts'
import type { Spec } from '../../config/resource.ts'
import type { Adapter, ConnectOptions, Observed, Session, Target } from '../../reconciler/adapter.ts'
import { diffSpec } from '../../reconciler/diff.ts'
import { type FaultProxy, type SeenRequest, startFaultProxy } from '../support/faults.ts'
import { openWorld, pathOf, type World } from './world.ts'

export const signal = new AbortController().signal

/** The runtime behind a proxy that records every request, for one test file. */
export interface Scene {
  readonly world: World
  readonly proxy: FaultProxy
  /** Organization of the running test. */
  readonly organization: string
  /** A session of a system through the proxy. */
  connect(system: SystemName, over?: Partial<ConnectOptions>): Session
  /** Requests so far as `METHOD path`, with the base path of the system left out. */
  calls(): readonly string[]
}

export function scene(): Scene {
  let world: World
  let proxy: FaultProxy
  let organization = ''
  beforeAll(async () => {
    world = await openWorld()
    proxy = await startFaultProxy(world.url)
  })
  beforeEach(async () => {
    organization = await world.organization()
    proxy.clear()
  })
  afterAll(async () => {
    await proxy.close()
    await world.close()
  })
  return {
    get world() {
      return world
    },
    get proxy() {
      return proxy
    },
    get organization() {
      return organization
    },
    connect: (system, over = {}) =>
      world.connect(system, organization, { baseUrl: proxy.url + pathOf(system, organization), ...over }),
    calls: () => proxy.seen.map(({ method, url }) => `${method} ${url.replace(/^\/orgs\/[^/]+\/[^/]+/, '')}`),
  }
}

/** A kind, its adapter in a session and a target, for short tests. */
export class Probe {
  readonly kind: Kind
  readonly adapter: Adapter
  readonly target: Target

  constructor(session: Session, kind: string, over: Partial<Target> = {}) {
    this.kind = kindOf(kind) as Kind
    this.adapter = session.adapter(this.kind)
    this.target = { kind: this.kind, address: `${kind}/sample`, key: '', ...over }
  }

  observe(): Promise<Observed | undefined> {
    return this.adapter.observe(this.target, signal)
  }

  async present(): Promise<Observed> {
    const observed = await this.observe()
    if (!observed) throw new Error(`${this.target.address} is absent`)
    return observed
  }

  create(desired: Spec) {
    return this.adapter.create(this.target, desired, signal)
  }

  /** Observes and sends what differs, as core does. */
  async update(desired: Spec, over: Partial<Observed> = {}) {
    const observed = { ...(await this.present()), ...over }
    const changes = diffSpec(this.kind, desired, { observed: observed.spec, memo: {} })
    return this.adapter.update(this.target, observed, desired, changes, signal)
  }

  async listed(tenant?: string): Promise<readonly Observed[]> {
    const all: Observed[] = []
    for await (const one of this.adapter.list?.(tenant, signal) ?? []) all.push(one)
    return all
  }
}

export const bodyOf = (request: SeenRequest | undefined): unknown => JSON.parse(request?.body ?? 'null')
