import { readFile } from 'node:fs/promises'
import type { JWK } from 'jose'
import { PlumblineError } from '../config/errors.ts'
import { type ChainVerdict, recordsIn, verifyChain } from './chain.ts'
import { verifierOf } from './keys.ts'
import type { EvidencePlace } from './places.ts'
import type { Predicate } from './statement.ts'

/** The text of a chain; `undefined`: there is none. Throws IO. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new PlumblineError('IO', `cannot read ${file}`, { cause })
  }
}

/** Every record of a place, checked or not, first to last. */
export const readRecords = async ({ file }: Pick<EvidencePlace, 'file'>): Promise<readonly Predicate[]> =>
  recordsIn((await textOf(file)) ?? '')

/** Checks a chain by public keys; `undefined`: there is none. Asks nobody. */
export async function verifyEvidence(file: string, keys: readonly JWK[]): Promise<ChainVerdict | undefined> {
  const text = await textOf(file)
  return text === undefined ? undefined : verifyChain(text, await verifierOf(keys))
}
