import type { Configuration } from 'openid-client'

/** Most clients of one provider whose configurations are kept. */
const KEPT = 50

interface Kept {
  readonly madeOf: readonly unknown[]
  readonly configuration: Configuration
}

/** Configurations of the library for one provider. It imports the keys of the provider once for each, so that one is used again as long as it would be made of the same. */
export class Configurations {
  /** In the order of use, the oldest first. */
  readonly #kept = new Map<string, Kept>()

  use(client: string, madeOf: readonly unknown[], make: () => Configuration): Configuration {
    const found = this.#kept.get(client)
    const kept = found && isSame(found.madeOf, madeOf) ? found : { madeOf, configuration: make() }
    this.#kept.delete(client)
    this.#kept.set(client, kept)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size > KEPT) this.#kept.delete(oldest)
    return kept.configuration
  }
}

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])
