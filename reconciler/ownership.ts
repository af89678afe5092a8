import { PlumblineError, toPlumblineError } from '../config/errors.ts'
import type { ClaimBook, Holder } from './adapter.ts'
import type { ConnectionAccess } from './connections.ts'
import type { Facts } from './facts.ts'
import { documentAddress } from './identity.ts'
import type { Address, Entry } from './model.ts'
import { withRetry } from './retry.ts'

/** Which object a document claims, and the Connection to the runtime that keeps the book about it. */
export interface ClaimedObject {
  /** `connectionName` of a Connection to a Secrets Vault service. */
  readonly registry: string
  readonly object: string
}

export interface OwnershipOptions {
  readonly connections: Pick<ConnectionAccess, 'connection' | 'clock'>
  /** Id of the one who speaks for all documents of a stack, cluster or inventory: made once, no renaming changes it. */
  readonly owner: string
  /** Other names under which we may hold objects, e.g. that of a stack before owners had an id. */
  readonly aliases?: readonly string[]
  /** Who we are and where a document is, for people. */
  readonly holderOf: (address: Address) => string
  /** The object that a document of ours claims, by its address; one that it still speaks for does not move (default: none). */
  readonly claimedAt?: (address: Address) => string | undefined
  /** Another owner that a person told us to take objects from, or whoever holds them. */
  readonly takeFrom?: string | 'anybody'
  readonly signal: AbortSignal
}

type Subject = Pick<Facts, 'claim' | 'address'>
/** Who holds what; `undefined`: none is kept; or what keeps it from telling. */
type Book = ReadonlyMap<string, Holder> | undefined | PlumblineError
/** By the Connection to the runtime that keeps it. */
export type Books = Map<string, Promise<Book>>
type Claimed = Subject & { readonly claim: ClaimedObject }

/**
 * One owner per object: what several doors describe (a Pulumi stack, a cluster, an inventory) is held by the first, and
 * the others only watch. The book is kept by the runtime that the object, or its organization, lives in; without one nobody is asked.
 */
export class Ownership {
  readonly #o: OwnershipOptions
  readonly #settled = new Set<Address>()

  constructor(options: OwnershipOptions) {
    this.#o = options
  }

  /** Takes hold of the object if nobody else holds it. Returns the other who does, for people; `undefined` when it is ours. */
  async holderBesideUs(subject: Subject): Promise<string | undefined> {
    const found = await this.#hold(subject, {})
    if (found === undefined || this.#isOurs(found, subject)) return undefined
    const { takeFrom, claimedAt } = this.#o
    if (this.#isUs(found) && found.address !== undefined && claimedAt?.(found.address) !== subject.claim?.object)
      return this.#otherThan(subject, await this.#hold(subject, { movedFrom: found.address }))
    if (!this.#isUs(found) && takeFrom === 'anybody')
      return this.#otherThan(subject, await this.#hold(subject, { takeFrom: found.owner }))
    return holderText(found)
  }

  /** Whether an object may be ended by the document that spoke for it: the book names neither another owner nor another document of ours. */
  async mayEnd(entry: Entry): Promise<boolean> {
    const found = await this.#hold(entry, {})
    return found === undefined || this.#isOurs(found, entry)
  }

  /**
   * Who else holds the objects of these documents, by address, or what keeps their book from telling: one question per
   * book and page. Nothing is taken hold of. Doors that ask for one document at a time pass the `books` that they have read.
   */
  async heldByOthers(
    documents: readonly Subject[],
    books: Books = new Map(),
  ): Promise<ReadonlyMap<Address, Holder | PlumblineError>> {
    const claimed = documents.filter((subject): subject is Claimed => subject.claim !== undefined)
    const byBook = [...Map.groupBy(claimed, (c) => c.claim.registry)]
    const found = await Promise.all(
      byBook.map(async ([registry, subjects]) => this.#othersIn(await this.#listed(registry, books), subjects)),
    )
    return new Map(found.flat())
  }

  #othersIn(book: Book, subjects: readonly Claimed[]): readonly (readonly [Address, Holder | PlumblineError])[] {
    if (book instanceof PlumblineError) return subjects.map(({ address }) => [address, book])
    return subjects.flatMap((subject) => {
      const holder = book?.get(subject.claim.object)
      if (holder !== undefined && this.#isOther(holder)) return [[subject.address, holder] as const]
      if (book === undefined || (holder !== undefined && this.#isRecorded(holder, subject)))
        this.#settled.add(subject.address)
      return []
    })
  }

  /** The last `heldByOthers` showed that nobody has to be asked again: we hold the object, or no book is kept. */
  isSettled = ({ claim, address }: Subject): boolean => claim === undefined || this.#settled.has(address)

  async release({ claim, heldBy, address }: Entry): Promise<void> {
    if (claim === undefined || heldBy !== undefined) return
    const by = (owner: string) => ({ owner, address: documentAddress(address) })
    for (const owner of [this.#o.owner, ...(this.#o.aliases ?? [])]) {
      await this.#ask(claim, (book) => book.release(claim.object, by(owner), this.#o.signal))
    }
  }

  /** Somebody else, from whom nobody told us to take it. */
  #isOther(holder: Holder): boolean {
    const { takeFrom } = this.#o
    return holder.owner !== '' && !this.#isUs(holder) && takeFrom !== 'anybody' && takeFrom !== holder.owner
  }

  #isUs = ({ owner }: Holder): boolean => owner === this.#o.owner || (this.#o.aliases ?? []).includes(owner)

  #isOurs = (found: Holder, { address }: Subject): boolean =>
    this.#isUs(found) && (found.address === undefined || found.address === documentAddress(address))

  /** The book has our id and the address. */
  #isRecorded = (found: Holder, { address }: Subject): boolean =>
    found.owner === this.#o.owner && found.address === documentAddress(address)

  #otherThan(subject: Subject, found: Holder | undefined): string | undefined {
    return found === undefined || this.#isOurs(found, subject) ? undefined : holderText(found)
  }

  async #hold(
    { claim, address }: Subject,
    change: { readonly movedFrom?: string; readonly takeFrom?: string },
  ): Promise<Holder | undefined> {
    if (claim === undefined) return undefined
    const { owner, holderOf, aliases, takeFrom, signal } = this.#o
    const document = documentAddress(address)
    const by: Holder = { owner, address: document, holder: holderOf(document) }
    const told = takeFrom === undefined || takeFrom === 'anybody' ? {} : { takeFrom }
    const handover = { ...(aliases === undefined ? {} : { aliases }), ...told, ...change }
    return this.#ask(claim, (book) => book.hold(claim.object, by, handover, signal))
  }

  #listed(registry: string, books: Books): Promise<Book> {
    const known = books.get(registry) ?? this.#list(registry)
    books.set(registry, known)
    return known
  }

  async #list(registry: string): Promise<Book> {
    try {
      return await this.#ask({ registry }, (book) => book.list(this.#o.signal))
    } catch (thrown) {
      return toPlumblineError(thrown)
    }
  }

  async #ask<T>(
    { registry }: Pick<ClaimedObject, 'registry'>,
    question: (book: ClaimBook) => Promise<T>,
  ): Promise<T | undefined> {
    const { connections, signal } = this.#o
    const { session, clock } = await connections.connection(registry)
    const { claims } = session
    return claims && withRetry(() => question(claims), clock, signal)
  }
}

/** For people. */
export const holderText = ({ owner, holder }: Holder): string => `${owner} (${holder})`
