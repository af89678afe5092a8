import { isDeepStrictEqual } from 'node:util'
import type { Deps } from '../../deps.ts'
import { succeeds } from '../../platform/outcome.ts'
import { GLOBAL, type Page } from '../../store/store.ts'
import { CLAIMS, type Claim } from './claim.ts'
import { respellClaims, spelling } from './respelled.ts'

export type ClaimRequest = Pick<Claim, 'object' | 'owner' | 'holder' | 'address'> & {
  /** Other names of the owner. */
  readonly aliases?: readonly string[]
  /** Address that spoke for the object until now. */
  readonly moved_from?: string
  /** Takes it away from this owner. */
  readonly take_from?: string
}

/**
 * Takes hold of what nobody holds, or what `take_from` holds; what the owner holds already is moved to the address that it names now.
 * Returns who holds it then: of many callers one wins.
 */
export async function hold({ store, now }: Deps, request: ClaimRequest): Promise<Claim> {
  await respellClaims(store)
  const { owner, address, holder } = request
  const object = spelling(request.object)
  const mine: Claim = {
    object,
    owner,
    holder,
    since: now().toISOString(),
    ...(address === undefined ? {} : { address }),
  }
  if (await succeeds(store.create(CLAIMS, GLOBAL, mine), 'CONFLICT')) return mine
  const next = (old: Claim): Claim => {
    if (old.owner === '' || old.owner === request.take_from) return mine
    return isMovable(old, request) ? { ...mine, since: old.since } : old
  }
  const held = await store.get(CLAIMS, GLOBAL, object)
  if (held !== undefined && isDeepStrictEqual(next(held), held)) return held
  return store.update(CLAIMS, GLOBAL, object, next)
}

/** It is the owner's already, and no other document of the owner speaks for it. */
function isMovable(old: Claim, { owner, address, aliases = [], moved_from }: ClaimRequest): boolean {
  const isTheirs = old.owner === owner || aliases.includes(old.owner)
  return isTheirs && (old.address === undefined || old.address === address || old.address === moved_from)
}

/** Gives up what `owner` holds, for `address` if it is named; whatever others hold stays. The record stays too, so that no race can take it from them. */
export async function giveUp(
  { store }: Deps,
  { object, owner, address }: Pick<Claim, 'object' | 'owner' | 'address'>,
): Promise<void> {
  await respellClaims(store)
  const isIt = (old: Claim): boolean =>
    old.owner === owner && (address === undefined || old.address === undefined || old.address === address)
  const free = (old: Claim): Claim => (isIt(old) ? { ...old, owner: '' } : old)
  await succeeds(store.update(CLAIMS, GLOBAL, spelling(object), free), 'NOT_FOUND')
}

export async function claimsOf(
  { store }: Deps,
  owner: string | undefined,
  page: { readonly limit: number; readonly offset: number },
): Promise<Page<Claim>> {
  await respellClaims(store)
  return store.find(CLAIMS, GLOBAL, { ...page, ...(owner === undefined ? {} : { where: { owner } }) })
}
