import { expect } from 'vitest'
import type { Cluster } from '../cluster.ts'
import type { ControllerWorld } from '../world.ts'

const CREATE = 'POST /v1/tenants'

/** Many tenants of one namespace, and what has to hold of them whatever happened on the way. */
export class Storm {
  readonly names: readonly string[]
  readonly #world: ControllerWorld
  readonly #cluster: Cluster

  constructor(world: ControllerWorld, cluster: Cluster, prefix: string, count: number) {
    this.names = Array.from({ length: count }, (_, i) => `${prefix}-${i}`)
    this.#world = world
    this.#cluster = cluster
  }

  /** All at once. Some may be refused, e.g. by a server that is killed meanwhile. */
  async apply(): Promise<void> {
    await Promise.allSettled(this.names.map((name) => this.#cluster.tenant(name)))
  }

  /** Resolves in the middle: a share of them is in the system, and not all. */
  async isRaging(share = 1 / 4): Promise<void> {
    await this.#world.until('some are in the system', () => this.#creates().length >= this.names.length * share)
    expect(this.#creates().length).toBeLessThan(this.names.length)
  }

  async ready(): Promise<void> {
    await Promise.all(this.names.map((name) => this.#cluster.ready('Tenant', name)))
  }

  /** Each was created once, as counted at the system; nothing was deleted there; all are there. */
  async expectUnharmed(): Promise<void> {
    expect([...this.#creates()].sort()).toEqual([...this.names].sort())
    expect(this.#world.deletions).toEqual([])
    const found = await Promise.all(this.names.map((name) => this.#world.call('GET', `/v1/tenants/${name}`)))
    expect(found.map((f) => f.status)).toEqual(found.map(() => 200))
  }

  /** Whose creation the system was asked for, as often as it was. */
  #creates(): readonly string[] {
    const bodies = this.#world.bodiesOf(CREATE).map((body) => JSON.parse(body) as { tenant_id: string })
    return bodies.map((b) => b.tenant_id).filter((id) => this.names.includes(id))
  }
}
