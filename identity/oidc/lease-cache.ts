interface Entry<T> {
  readonly value: Promise<T>
  readonly goodUntil: () => number
  users: number
}

export interface LeaseCacheOptions<T> {
  /** Most values kept while they are idle. Values in use are never dropped, so there can be as many more as requests run. */
  readonly limit: number
  readonly open: (key: string) => Promise<T>
  /** Milliseconds since 1970 until which a value may serve new requests. */
  readonly goodUntil: (value: T) => number
  readonly now: () => number
}

/** Keeps the values used last. A value that is too old, or one too many, is drained: requests that run on it finish, new ones get another. */
export class LeaseCache<T> {
  readonly #options: LeaseCacheOptions<T>
  /** In the order of use, the oldest first. */
  readonly #entries = new Map<string, Entry<T>>()

  constructor(options: LeaseCacheOptions<T>) {
    this.#options = options
  }

  get size(): number {
    return this.#entries.size
  }

  /** Runs `work` with the value of a key, which is opened once for all that ask at the same time. */
  async use<R>(key: string, work: (value: T) => Promise<R>): Promise<R> {
    const entry = this.#entryOf(key)
    entry.users++
    try {
      return await work(await entry.value)
    } finally {
      entry.users--
      this.#shrink()
    }
  }

  /** The next request opens the value anew. */
  forget(key: string): void {
    this.#entries.delete(key)
  }

  #entryOf(key: string): Entry<T> {
    const found = this.#entries.get(key)
    const entry = found && found.goodUntil() > this.#options.now() ? found : this.#open(key)
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry
  }

  #open(key: string): Entry<T> {
    let goodUntil = Number.MAX_SAFE_INTEGER
    const value = this.#options.open(key)
    const entry: Entry<T> = { value, goodUntil: () => goodUntil, users: 0 }
    value.then(
      (opened) => {
        goodUntil = this.#options.goodUntil(opened)
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key)
      },
    )
    return entry
  }

  #shrink(): void {
    if (this.#entries.size <= this.#options.limit) return
    for (const [key, entry] of this.#entries) {
      if (entry.users === 0) this.#entries.delete(key)
      if (this.#entries.size <= this.#options.limit) return
    }
  }
}
