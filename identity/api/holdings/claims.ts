import type { Deps } from '../../deps.ts'
import { succeeds } from '../../platform/outcome.ts'
import { type Collection, GLOBAL, type Page } from '../../store/store.ts'

/** Who manages one object, of whatever system: a Pulumi stack, or a cluster. */
export interface Claim {
  /** Which object it is, in the words of who asks, e.g. `Client//acme-web/acme-portal`. */
  readonly object: string
  /** Id of the holder; empty when nobody holds it any more. */
  readonly owner: string
  /** For people: where the holder's document is. */
  readonly holder: string
  /** RFC 3339. */
  readonly since: string
}

export const CLAIMS: Collection<Claim> = { name: 'claims', id: (c) => c.object, indexes: ['owner'] }

export type ClaimRequest = Pick<Claim, 'object' | 'owner' | 'holder'> & {
  /** Takes it away from this owner. */
  readonly take_from?: string
}

/** Takes hold of what nobody holds, or what `take_from` holds. Returns who holds it then: of many callers one wins. */
export async function hold({ store, now }: Deps, { take_from, ...wanted }: ClaimRequest): Promise<Claim> {
  const mine: Claim = { ...wanted, since: now().toISOString() }
  if (await succeeds(store.create(CLAIMS, GLOBAL, mine), 'CONFLICT')) return mine
  const isFree = (old: Claim): boolean => old.owner === '' || old.owner === take_from
  const held = await store.get(CLAIMS, GLOBAL, mine.object)
  if (held !== undefined && !isFree(held)) return held
  return store.update(CLAIMS, GLOBAL, mine.object, (old) => (isFree(old) ? mine : old))
}

/** Gives up what `owner` holds; whatever others hold stays. The record stays too, so that no race can take it from them. */
export async function giveUp({ store }: Deps, object: string, owner: string): Promise<void> {
  const free = (old: Claim): Claim => (old.owner === owner ? { ...old, owner: '' } : old)
  await succeeds(store.update(CLAIMS, GLOBAL, object, free), 'NOT_FOUND')
}

export const claimsOf = (
  { store }: Deps,
  owner: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<Page<Claim>> => store.find(CLAIMS, GLOBAL, { ...page, where: { owner } })
