import { expect } from 'vitest'
import { kindOf } from '../../config/kinds/index.ts'
import { type Index, resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import type { System } from '../../reconciler/adapter.ts'
import { apply } from '../../reconciler/apply.ts'
import { Connections } from '../../reconciler/connections.ts'
import type { RuleCheck } from '../../reconciler/decide.ts'
import { type Facts, factsOf } from '../../reconciler/facts.ts'
import { lookAtAll } from '../../reconciler/look-at-all.ts'
import { MemoryLedger } from '../../reconciler/memory-ledger.ts'
import { type Address, type Allowance, DEFAULT_ALLOWANCE, type Outcome, type Plan } from '../../reconciler/model.ts'
import type { Context } from '../../reconciler/observe.ts'
import { Ownership, type OwnershipOptions } from '../../reconciler/ownership.ts'
import { plan } from '../../reconciler/plan.ts'
import type { Clock } from '../../reconciler/retry.ts'
import { secretSource } from '../../reconciler/secret-source.ts'
import { MemorySystem } from './memory-system.ts'

/** Time that passes only when someone waits for it. */
export class VirtualClock implements Clock {
  time = 0
  readonly waits: number[] = []
  /** Runs when someone begins to wait. */
  onSleep: (ms: number) => Promise<void> = async () => {}
  readonly now = (): number => this.time
  readonly random = (): number => 1
  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    await this.onSleep(ms)
    signal.throwIfAborted()
    this.waits.push(ms)
    this.time += ms
  }
}

export const noRules: RuleCheck = () => []

export const document = (kind: string, name: string, spec: Record<string, unknown>): Resource => ({
  apiVersion: 'plumbline.dev/v1alpha1',
  kind,
  metadata: { name },
  spec,
})

export const connection = (name: string, system: string): Resource =>
  document('Connection', name, { system, endpoint: 'https://system.example', credentials: {} })

interface Surroundings {
  readonly systems: ReadonlyMap<string, System>
  readonly embedded?: typeof fetch
  readonly clock?: Clock
}

/** Documents, systems and an inventory, with the whole road from plan to apply. */
export class Road {
  readonly ledger = new MemoryLedger()
  readonly delivered = new Map<string, string>()
  readonly #surroundings: Surroundings
  #interruption = new AbortController()
  env: Record<string, string> = {}
  rules: RuleCheck = noRules
  /** Who we are in the books of who manages what; absent: nobody is asked. */
  owner: Omit<OwnershipOptions, 'connections' | 'signal' | 'holderOf'> | undefined

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  #context(index: Index): Context {
    const { systems, embedded, clock } = this.#surroundings
    const { signal } = this.#interruption
    const connections = new Connections({
      index,
      systems,
      secrets: secretSource({ env: this.env, folder: '/nowhere' }),
      embedded: async () => ({ fetch: embedded ?? expect.fail('nothing is embedded here') }),
      ...(clock === undefined ? {} : { clock }),
    })
    const holderOf = (address: Address) => `test: ${address}`
    return {
      connections,
      ...(this.owner && { ownership: new Ownership({ connections, signal, holderOf, ...this.owner }) }),
      deliveries: {
        has: async (place) => this.delivered.has(JSON.stringify(place)),
        requireOpen: async () => {},
        put: async (place, value) => void this.delivered.set(JSON.stringify(place), value),
      },
      fingerprintKey: 'test key',
      signal,
    }
  }

  async plan(resources: readonly Resource[], allowance: Partial<Allowance> = {}): Promise<Plan> {
    return (await this.look(resources, allowance)).plan
  }

  /** What Ctrl-C does to the run that is under way. */
  interrupt(): void {
    this.#interruption.abort(new DOMException('SIGINT', 'AbortError'))
  }

  async look(resources: readonly Resource[], allowance: Partial<Allowance> = {}) {
    this.#interruption = new AbortController()
    const index = resolve(resources)
    const documents: Facts[] = resources
      .filter((r) => kindOf(r.kind)?.system !== undefined)
      .map((r) => factsOf(r, index))
    const context = this.#context(index)
    const { entries, due: finalizeDue } = this.ledger
    const { matched, snapshot, held } = await lookAtAll({ documents, entries, context })
    const made = plan({
      matched,
      snapshot,
      held,
      finalizeDue,
      allowance: { ...DEFAULT_ALLOWANCE, ...allowance },
      rules: this.rules,
    })
    return { plan: made, matched, documents: matched.documents, context, snapshot }
  }

  /** Plans and applies; `between` runs after the plan was made. */
  async apply(
    resources: readonly Resource[],
    allowance: Partial<Allowance> = {},
    between?: () => void,
  ): Promise<Outcome[]> {
    const { plan, matched, context } = await this.look(resources, allowance)
    between?.()
    const outcomes: Outcome[] = []
    for await (const o of apply({ plan, matched, ledger: this.ledger, context, rules: this.rules })) outcomes.push(o)
    return outcomes
  }
}

/** The road with systems in memory and time that nobody waits for. */
export class World extends Road {
  readonly clock: VirtualClock
  readonly system: MemorySystem

  constructor(system = new MemorySystem()) {
    const clock = new VirtualClock()
    super({ systems: new Map([[system.name, system]]), clock })
    this.clock = clock
    this.system = system
  }
}

/** `action address` of every step, for short assertions. */
export const actions = (plan: Plan): readonly string[] => plan.steps.map((s) => `${s.action} ${s.address}`)
