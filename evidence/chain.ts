import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PlumblineError } from '../config/errors.ts'
import { syncFolder } from '../reconciler/file-deliveries.ts'
import { isSigned, type Signer, sealedLine, statementIn, type Verifier } from './envelope.ts'
import { type Predicate, type Statement, statementOf } from './statement.ts'

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

/**
 * Adds a record behind the last one; it is on disk when this resolves. What an interrupted write has left is taken away,
 * and its length told in the record. One process at a time may write. Throws IO.
 */
export async function append(path: string, fact: Fact, signer: Signer): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(path, 'a+', 0o600)
    try {
      await appendTo(file, fact, signer)
    } finally {
      await file.close()
    }
    await syncFolder(dirname(path))
  } catch (cause) {
    throw new PlumblineError('IO', `cannot write the evidence ${path}`, {
      cause,
      help: 'Nothing is applied without a record of it. Make room, or let it be written there.',
    })
  }
}

async function appendTo(file: FileHandle, fact: Fact, signer: Signer): Promise<void> {
  const { whole, torn } = linesIn(await file.readFile('utf8'))
  const length = Buffer.byteLength(torn)
  if (length > 0) await file.truncate((await file.stat()).size - length)
  const last = whole.at(-1)
  const predicate: Predicate = {
    sequence: whole.length + 1,
    previous: last === undefined ? '' : hashOfLine(last),
    ...(length > 0 && { torn: length }),
    ...fact,
  }
  await file.appendFile(`${await sealedLine(statementOf(predicate), signer)}\n`)
  await file.sync()
}

/** What is to be said of a chain. */
export interface ChainVerdict {
  /** Good records before the first bad one. */
  readonly records: number
  /** Hash of the last good one; whoever keeps it elsewhere notices a chain that was cut or made anew. */
  readonly head: string
  /** What is wrong with the first bad one. */
  readonly problem?: string
  /** A run broke off while it wrote its last record; the next run takes that away. */
  readonly torn: boolean
  /** Runs that have begun and never told their end. */
  readonly unended: number
}

/** Checks every record: its form, its signature, its place. */
export async function verifyChain(text: string, keys: Verifier): Promise<ChainVerdict> {
  const { whole, torn } = linesIn(text)
  const open = new Set<string>()
  let head = ''
  for (const [i, line] of whole.entries()) {
    const problem = await problemOf(line, i + 1, head, keys)
    if (problem !== undefined)
      return { records: i, head, problem: `record ${i + 1} ${problem}`, torn: false, unended: open.size }
    const { run, phase } = (statementIn(line) as Statement).predicate
    if (phase === 'begun') open.add(run)
    else open.delete(run)
    head = hashOfLine(line)
  }
  return { records: whole.length, head, torn: torn !== '', unended: open.size }
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
