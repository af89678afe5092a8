import { createHash } from 'node:crypto'
import { PlumblineError } from '../config/errors.ts'
import { isSigned, type Signer, sealedLine, statementIn, type Verifier } from './envelope.ts'
import { once } from './once.ts'
import { type Predicate, type Statement, statementOf } from './statement.ts'
import type { ChainStore, Tail } from './store.ts'

/** What a record holds besides its place in the chain. */
export type Fact = Omit<Predicate, 'sequence' | 'previous' | 'torn'>

const hashOfLine = (line: string): string => createHash('sha256').update(line).digest('hex')

/** The lines of a chain, and what an interrupted write has left behind them. */
interface Lines {
  readonly whole: readonly string[]
  readonly torn: string
}

const linesIn = (text: string): Lines => {
  const parts = text.split('\n')
  return { whole: parts.slice(0, -1), torn: parts.at(-1) ?? '' }
}

interface Waiting {
  readonly fact: Fact
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Signed records, each with the hash of the one before it. */
export class Chain {
  readonly #store: ChainStore
  readonly #signer: () => Promise<Signer>
  /** The last record that was made here. */
  #last: Numbered | undefined
  #waiting: Waiting[] = []
  #working: Promise<void> | undefined

  /** `signer` is asked once, for the first record. */
  constructor(store: ChainStore, signer: () => Promise<Signer>) {
    this.#store = store
    this.#signer = once(signer)
  }

  /**
   * Adds a record behind the last one; it is durable when this resolves. Records that come while others are written go
   * together. Throws IO, UNAVAILABLE for a database that does not answer, and USAGE for a key that is none.
   */
  append(fact: Fact): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ fact, resolve, reject })
    this.#working ??= this.#work()
    return promise
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const together = this.#waiting
      this.#waiting = []
      try {
        await this.#write(together.map(({ fact }) => fact))
        for (const { resolve } of together) resolve()
      } catch (thrown) {
        for (const { reject } of together) reject(thrown)
      }
    }
    this.#working = undefined
  }

  async #write(facts: readonly Fact[]): Promise<void> {
    try {
      const signer = await this.#signer()
      await this.#store.append(async (tail) => {
        const added = await recordsBehind(tail, facts, signer, this.#last)
        this.#last = added.at(-1)
        return added.map(({ line }) => line)
      })
    } catch (cause) {
      if (cause instanceof PlumblineError) throw cause
      throw new PlumblineError('IO', `cannot write the evidence ${this.#store.place}`, {
        cause,
        help: 'Nothing is applied without a record of it. Make room, or let it be written there.',
      })
    }
  }
}

interface Numbered {
  readonly line: string
  readonly sequence: number
}

/** The number of a line that was made here need not be read out of it again. */
async function recordsBehind(
  { line, torn }: Tail,
  facts: readonly Fact[],
  signer: Signer,
  made: Numbered | undefined,
): Promise<readonly Numbered[]> {
  const added: Numbered[] = []
  let last = line
  let sequence = line === undefined ? 0 : line === made?.line ? made.sequence : numberOf(line)
  for (const fact of facts) {
    sequence += 1
    const previous = last === undefined ? '' : hashOfLine(last)
    const told = torn > 0 && added.length === 0 ? { torn } : {}
    last = await sealedLine(statementOf({ sequence, previous, ...told, ...fact }), signer)
    added.push({ line: last, sequence })
  }
  return added
}

/** A chain whose end nobody can read is not gone on with: what follows could not be checked. */
function numberOf(line: string): number {
  const sequence = statementIn(line)?.predicate.sequence
  if (sequence !== undefined) return sequence
  throw new PlumblineError('IO', 'the last record of the evidence was changed, so none is written behind it', {
    help: 'See `plumbline audit verify`. Move the evidence out of the way: a new chain begins.',
  })
}

/** What is to be said of a chain. */
export interface ChainVerdict {
  /** Good records before the first bad one. */
  readonly records: number
  /** Number of the first record, where those before it are kept elsewhere. */
  readonly from?: number
  /** Hash of the last good one; whoever keeps it elsewhere notices a chain that was cut or made anew. */
  readonly head: string
  /** What is wrong with the first bad one. */
  readonly problem?: string
  /** A run broke off while it wrote its last record; the next run takes that away. */
  readonly torn: boolean
  /** Runs that have begun and never told their end. */
  readonly unended: number
}

/** Checks every record: its form, its signature, its place. Of an excerpt the first record may be any. */
export async function verifyChain(text: string, keys: Verifier, isExcerpt = false): Promise<ChainVerdict> {
  const { whole, torn } = linesIn(text)
  const open = new Set<string>()
  const first = isExcerpt ? statementIn(whole[0] ?? '')?.predicate : undefined
  const from = first?.sequence ?? 1
  const begun = from === 1 ? {} : { from }
  let head = first?.previous ?? ''
  for (const [i, line] of whole.entries()) {
    const number = from + i
    const problem = await problemOf(line, number, head, keys)
    if (problem !== undefined)
      return { records: i, ...begun, head, problem: `record ${number} ${problem}`, torn: false, unended: open.size }
    const { run, phase } = (statementIn(line) as Statement).predicate
    if (phase === 'begun') open.add(run)
    else open.delete(run)
    head = hashOfLine(line)
  }
  return { records: whole.length, ...begun, head, torn: torn !== '', unended: open.size }
}

async function problemOf(
  line: string,
  sequence: number,
  previous: string,
  keys: Verifier,
): Promise<string | undefined> {
  const predicate = statementIn(line)?.predicate
  if (predicate === undefined) return 'is no record'
  if (!(await isSigned(line, keys))) return 'was changed, or signed with a key that is not known'
  if (predicate.previous !== previous) return 'does not follow the one before it'
  return predicate.sequence === sequence ? undefined : `says that it is number ${predicate.sequence}`
}

/** Everything that can be read of a chain, checked or not, first to last. */
export const recordsIn = (text: string): readonly Predicate[] =>
  linesIn(text).whole.flatMap((line) => statementIn(line)?.predicate ?? [])
