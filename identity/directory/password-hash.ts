import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { type Algorithm, hash, type Options, parseOptions, verify } from '@node-rs/argon2'
import pLimit from 'p-limit'
import { isForeignHash, matchesForeignHash } from '../crypto/foreign-hash.ts'
import { Fault } from '../platform/fault.ts'

/** The library declares its algorithms as an ambient enum, which has no value at run time; 2 is Argon2id. */
const ARGON2ID = 2 as Algorithm

/** Parameters of new hashes, memory in KiB (docs/decisions/text-passwords.md). */
export const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Argon2 runs on the four threads of libuv: one of them stays free for files and names. */
const MOST_THREADS = 3

/** Operations that may hold or wait for a computation: some seconds of work, and a bound on the memory of those who wait. */
const MOST_ADMITTED = 128

/** Computes the hashes of passwords, so many at once as the process can bear. */
export class PasswordHashing {
  readonly #computing = pLimit(Math.min(availableParallelism(), MOST_THREADS))
  #admitted = 0
  #nobody: Promise<string> | undefined

  /** Runs an operation that computes hashes, unless too many are at it already: then a 503 Fault, before anything was counted or changed. */
  async admit<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#admitted >= MOST_ADMITTED)
      throw new Fault(503, 'Too many people are signing in right now; try again.', { headers: { 'retry-after': '1' } })
    this.#admitted++
    try {
      return await operation()
    } finally {
      this.#admitted--
    }
  }

  /** A fresh hash as a PHC string, with a salt of its own. */
  hash(text: string, parameters: Options = PARAMETERS): Promise<string> {
    return this.#computing(() => hash(text, parameters))
  }

  /** Whether the text has this hash; without a hash the same work, and false. */
  async matches(text: string, phc: string | undefined): Promise<boolean> {
    const other = await this.#hashOfNobody()
    return this.#computing(() => verify(phc ?? other, text))
  }

  /** The same for a hash that another system made, by its own means. */
  async matchesForeign(password: string, encoded: string): Promise<boolean> {
    return this.#computing(() => matchesForeignHash(password, encoded))
  }

  /** The hash of what nobody can know, with the same parameters: gives a user without a password the same work. */
  #hashOfNobody(): Promise<string> {
    this.#nobody ??= this.hash(randomBytes(32).toString('base64'))
    return this.#nobody
  }
}

/** True when a hash was made in another way, or with other parameters, than new ones are. */
export function isOutdated(phc: string): boolean {
  if (isForeignHash(phc)) return true
  const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(phc)
  const made = { algorithm, memoryCost, timeCost, parallelism }
  return (Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]).some((name) => made[name] !== PARAMETERS[name])
}
