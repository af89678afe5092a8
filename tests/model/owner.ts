import { PlumblineError } from '../../config/errors.ts'
import { resolve } from '../../config/references.ts'
import type { Resource } from '../../config/resource.ts'
import { SYSTEMS } from '../../providers/registry.ts'
import { apply, type Ledger } from '../../reconciler/apply.ts'
import { Connections } from '../../reconciler/connections.ts'
import { factsOf } from '../../reconciler/facts.ts'
import { lookAtAll } from '../../reconciler/look-at-all.ts'
import { MemoryLedger } from '../../reconciler/memory-ledger.ts'
import { type Allowance, DEFAULT_ALLOWANCE, type Outcome, type Plan } from '../../reconciler/model.ts'
import type { Context } from '../../reconciler/observe.ts'
import { Ownership } from '../../reconciler/ownership.ts'
import { plan } from '../../reconciler/plan.ts'
import { ruleCheck } from '../../reconciler/rule-check.ts'
import { secretSource } from '../../reconciler/secret-source.ts'
import type { Services } from './services.ts'

const POLICY: Allowance = { ...DEFAULT_ALLOWANCE, allow: new Set(['delete', 'replace', 'empty']), maxDeleteShare: 1 }

export interface RunOptions {
  readonly prune?: boolean
  readonly takeOver?: boolean
  /** Ends the run, as `kill -9` does, when so many requests have been sent: the answer to the last is lost. */
  readonly killAfter?: number
}

/** What dies with `kill -9`: nothing is sent or remembered afterwards, and answers that were on their way are lost. */
class Process {
  isDead = false
  readonly #send: typeof fetch
  readonly #ledger: Ledger
  #left: number

  constructor(send: typeof fetch, ledger: Ledger, killAfter = Number.POSITIVE_INFINITY) {
    this.#send = send
    this.#ledger = ledger
    this.#left = killAfter
  }

  fetch: typeof fetch = async (...request) => {
    this.#live()
    this.#left -= 1
    const answer = await this.#send(...request)
    if (this.#left <= 0) this.isDead = true
    this.#live()
    return answer
  }

  get ledger(): Ledger {
    const { entries, put, drop, finalizeDue } = this.#ledger
    return {
      entries,
      put: async (entry) => void (this.isDead || (await put(entry))),
      drop: async (address) => void (this.isDead || (await drop(address))),
      finalizeDue: async (connection, due) => void (this.isDead || (await finalizeDue(connection, due))),
    }
  }

  #live(): void {
    if (this.isDead) throw new PlumblineError('REJECTED', 'the process is dead')
  }
}

/** One who speaks for objects: documents' memory, what was delivered to it, and an id in the book of who manages what. */
export class Owner {
  readonly #services: Services
  readonly name: string
  #lives = 0
  ledger = new MemoryLedger()
  /** What stands in the places that documents name, by place. */
  readonly delivered = new Map<string, string>()

  constructor(name: string, services: Services) {
    this.name = name
    this.#services = services
  }

  /** In the book; another one after its memory was lost. */
  get id(): string {
    return `${this.name}-${this.#lives}`
  }

  loseMemory(): void {
    this.#lives += 1
    this.ledger = new MemoryLedger()
  }

  async run(resources: readonly Resource[], options: RunOptions = {}): Promise<readonly Outcome[]> {
    const process = new Process(this.#services.fetch, this.ledger, options.killAfter)
    const looked = await this.#look(resources, options, process)
    const outcomes: Outcome[] = []
    const { plan, matched, context } = looked
    if (process.isDead || plan.diagnostics.length > 0) return outcomes
    for await (const outcome of apply({ plan, matched, ledger: process.ledger, context, rules: ruleCheck })) {
      if (!process.isDead) outcomes.push(outcome)
    }
    return outcomes
  }

  async plan(resources: readonly Resource[], options: RunOptions = {}): Promise<Plan> {
    return (await this.#look(resources, options, new Process(this.#services.fetch, this.ledger))).plan
  }

  async #look(resources: readonly Resource[], { prune = false, takeOver = false }: RunOptions, process: Process) {
    const send = process.fetch
    const index = resolve(resources)
    const documents = resources.filter((r) => r.kind !== 'Connection').map((r) => factsOf(r, index))
    const connections = new Connections({
      index,
      systems: SYSTEMS,
      secrets: secretSource({ env: { ADMIN_KEY: this.#services.adminKey }, folder: '/nowhere' }),
      fetch: send,
      embedded: async () => ({ fetch: send }),
    })
    const { signal } = new AbortController()
    const claimed = new Map(documents.map((d) => [d.address, d.claim?.object]))
    const context: Context = {
      connections,
      deliveries: {
        has: async (place) => this.delivered.has(JSON.stringify(place)),
        requireOpen: async () => {},
        put: async (place, value) => void (process.isDead || this.delivered.set(JSON.stringify(place), value)),
      },
      ownership: new Ownership({
        connections,
        owner: this.id,
        holderOf: (address) => address,
        claimedAt: (address) => claimed.get(address),
        ...(takeOver ? { takeFrom: 'anybody' } : {}),
        signal,
      }),
      fingerprintKey: 'model',
      signal,
    }
    const { entries, due } = this.ledger
    const { matched, snapshot, held } = await lookAtAll({ documents, entries, context })
    const allowance = { ...POLICY, prune }
    return { plan: plan({ matched, snapshot, held, finalizeDue: due, allowance, rules: ruleCheck }), matched, context }
  }
}
