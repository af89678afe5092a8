/** The end of a chain. */
export interface Tail {
  /** The last whole line; absent: the chain is empty. */
  readonly line?: string
  /** Bytes of an unfinished line that stood behind it, and was taken away. */
  readonly torn: number
}

/** What is kept beside a chain: the key that signs unless another one is given, and public keys (JWK Set). */
export type Slot = 'key' | 'publicKeys'

/** Where the lines of a chain lie. Whoever else writes, in this process or in another one, takes turns. */
export interface ChainStore {
  /** For people. */
  readonly place: string
  /** Its first record need not be there. */
  readonly isExcerpt?: boolean
  /** Adds what `make` puts behind the end, in constant time; it is durable when this resolves. */
  append(make: (tail: Tail) => Promise<readonly string[]>): Promise<void>
  /** All lines; `undefined`: nothing was ever recorded here. */
  text(): Promise<string | undefined>
  read(slot: Slot): Promise<string | undefined>
  /** Puts what `change` makes of what is there; returns it. */
  change(slot: Slot, change: (before: string | undefined) => Promise<string>): Promise<string>
}
