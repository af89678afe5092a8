import { isDeepStrictEqual } from 'node:util'
import type { Deps } from '../../deps.ts'
import { succeeds } from '../../platform/succeeds.ts'
import { GLOBAL, type Page } from '../../store/store.ts'
import { HOLDINGS, type Holding } from './claim.ts'
import { spelling } from './respelled.ts'

export type ClaimRequest = Pick<Holding, 'object' | 'owner' | 'holder' | 'address'> & {
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
export async function hold({ store, now }: Pick<Deps, 'store' | 'now'>, request: ClaimRequest): Promise<Holding> {
  const { owner, address, holder } = request
  const object = spelling(request.object)
  const mine: Holding = {
    object,
    owner,
    holder,
    since: now().toISOString(),
    ...(address === undefined ? {} : { address }),
  }
  if (await succeeds(store.create(HOLDINGS, GLOBAL, mine), 'CONFLICT')) return mine
  const next = (old: Holding): Holding => {
    if (old.owner === '' || old.owner === request.take_from) return mine
    return isMovable(old, request) ? { ...mine, since: old.since } : old
  }
  const held = await store.get(HOLDINGS, GLOBAL, object)
  if (held !== undefined && isDeepStrictEqual(next(held), held)) return held
  return store.update(HOLDINGS, GLOBAL, object, next)
}

/** It is the owner's already, and no other document of the owner speaks for it. */
function isMovable(old: Holding, { owner, address, aliases = [], moved_from }: ClaimRequest): boolean {
  const isTheirs = old.owner === owner || aliases.includes(old.owner)
  return isTheirs && (old.address === undefined || old.address === address || old.address === moved_from)
}

/** Gives up what `owner` holds, for `address` if it is named; whatever others hold stays. The record stays too, so that no race can take it from them. */
export async function giveUpHoldings(
  { store }: Pick<Deps, 'store'>,
  { object, owner, address }: Pick<Holding, 'object' | 'owner' | 'address'>,
): Promise<void> {
  const isIt = (old: Holding): boolean =>
    old.owner === owner && (address === undefined || old.address === undefined || old.address === address)
  const free = (old: Holding): Holding => (isIt(old) ? { ...old, owner: '' } : old)
  await succeeds(store.update(HOLDINGS, GLOBAL, spelling(object), free), 'NOT_FOUND')
}

export async function holdingsOf(
  { store }: Pick<Deps, 'store'>,
  owner: string | undefined,
  page: { readonly limit: number; readonly offset: number },
): Promise<Page<Holding>> {
  return store.find(HOLDINGS, GLOBAL, { ...page, ...(owner === undefined ? {} : { where: { owner } }) })
}
