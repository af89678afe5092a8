import type { JWK } from 'jose'
import { type ChainVerdict, recordsIn, verifyChain } from './chain.ts'
import { publicKeysIn, verifierOf } from './keys.ts'
import type { Predicate } from './statement.ts'
import type { ChainStore } from './store.ts'

/** Every record of a chain, checked or not, first to last. */
export const readRecords = async (store: ChainStore): Promise<readonly Predicate[]> =>
  recordsIn((await store.text()) ?? '')

/** Checks a chain by public keys (default: those beside it); `undefined`: there is none. */
export async function verifyEvidence(store: ChainStore, keys?: readonly JWK[]): Promise<ChainVerdict | undefined> {
  const text = await store.text()
  if (text === undefined) return undefined
  const known = keys ?? publicKeysIn(await store.read('publicKeys'), store.place)
  return verifyChain(text, await verifierOf(known), store.isExcerpt)
}
