import type { ClaimBook, Holder } from './adapter.ts'
import type { Facts } from './facts.ts'
import type { Entry } from './model.ts'
import { withRetry } from './retry.ts'
import type { Connections } from './runtime.ts'

/** Which object a document claims, and the Connection to the runtime that keeps the book about it. */
export interface Claim {
  /** `connectionName` of a Connection to a Secrets Vault service. */
  readonly registry: string
  readonly object: string
}

export interface OwnershipOptions {
  readonly runtime: Pick<Connections, 'connection' | 'clock'>
  /** Who we are, for all documents of one stack or cluster: `pulumi:…`, `cluster:…`. */
  readonly owner: string
  /** Other names under which we may hold objects, e.g. that of a stack before owners had an id. */
  readonly aliases?: readonly string[]
  /** Where a document is, for people. */
  readonly holderOf: (address: string) => string
  /** Another owner that a person told us to take the object from. */
  readonly takeFrom?: string
  readonly signal: AbortSignal
}

/**
 * One owner per object: what several doors describe (a Pulumi stack, a cluster) is held by the first, and the others only
 * watch. The book is kept by the runtime that the object, or its organization, lives in; without one nobody is asked.
 */
export class Ownership {
  readonly #o: OwnershipOptions

  constructor(options: OwnershipOptions) {
    this.#o = options
  }

  /** Takes hold of the object if nobody holds it. Returns the other who holds it, for people; `undefined` when it is ours. */
  async holderBesideUs({ claim, address }: Pick<Facts, 'claim' | 'address'>): Promise<string | undefined> {
    if (claim === undefined) return undefined
    const { owner, holderOf, takeFrom, signal } = this.#o
    const by: Holder = { owner, holder: holderOf(address) }
    const found = await this.#ask(claim, (book) => book.hold(claim.object, by, takeFrom, signal))
    return found === undefined || this.#isUs(found.owner) ? undefined : `${found.owner} (${found.holder})`
  }

  #isUs = (owner: string): boolean => owner === this.#o.owner || (this.#o.aliases ?? []).includes(owner)

  async release({ claim, heldBy }: Entry): Promise<void> {
    if (claim === undefined || heldBy !== undefined) return
    await this.#ask(claim, (book) => book.release(claim.object, this.#o.owner, this.#o.signal))
  }

  async #ask<T>({ registry }: Claim, question: (book: ClaimBook) => Promise<T>): Promise<T | undefined> {
    const { runtime, signal } = this.#o
    const { claims } = (await runtime.connection(registry)).session
    return claims && withRetry(() => question(claims), runtime.clock, signal)
  }
}
