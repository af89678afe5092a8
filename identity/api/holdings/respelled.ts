import { kindOf } from '../../../config/kinds/index.ts'
import { foldedKey } from '../../../config/references.ts'
import { everyOne } from '../../platform/contract/paging.ts'
import { succeeds } from '../../platform/succeeds.ts'
import { GLOBAL, type Store } from '../../store/store.ts'
import { HOLDINGS } from './claim.ts'

/**
 * Spells claims as they are spelt now: releases before told names apart which their systems compare without letter case. Of two
 * spellings the one that is found first stays.
 */
export async function respellClaims(store: Store): Promise<void> {
  for await (const claim of everyOne(store, HOLDINGS, GLOBAL)) {
    const object = spelling(claim.object)
    if (object === claim.object) continue
    await succeeds(store.create(HOLDINGS, GLOBAL, { ...claim, object }), 'CONFLICT')
    await succeeds(store.delete(HOLDINGS, GLOBAL, claim.object), 'NOT_FOUND')
  }
}

/** `Kind/organization/tenant/key`, each encoded: the key as its kind compares it. */
export function spelling(object: string): string {
  const parts = object.split('/')
  const kind = kindOf(parts[0] ?? '')
  const key = parts.at(-1)
  if (kind === undefined || key === undefined || parts.length !== 4) return object
  return [...parts.slice(0, -1), encodeURIComponent(foldedKey(kind, decoded(key)))].join('/')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
