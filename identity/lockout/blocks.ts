import type { Deps } from '../deps.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection, Page, Scope, Store } from '../store/store.ts'
import type { Track } from './policy.ts'

/** A block as the listings show it; it expires with the block. The track alone decides who may try. */
export interface Block {
  readonly id: string
  /** `unknown`: an account name that nobody has; never listed. */
  readonly kind: 'address' | 'user' | 'unknown'
  /** Address group, user id, or the unknown name. */
  readonly subject: string
  readonly blocked_at: string
  readonly block_time_seconds: number
}

const BLOCKS: Collection<Block> = { name: 'lockoutBlocks', id: (b) => b.id, indexes: ['kind', 'blocked_at'] }

type NewBlock = Pick<Block, 'id' | 'kind' | 'subject'> & Pick<Track, 'blockedAt' | 'blockLength'>

/** Replaces the block of the same address or account. */
export async function recordBlock(
  { store, now, metrics }: Pick<Deps, 'store' | 'now' | 'metrics'>,
  scope: Scope,
  block: NewBlock,
): Promise<void> {
  const { id, kind, subject, blockedAt, blockLength } = block
  const seconds = blockLength / 1000
  const blocked_at = new Date(blockedAt ?? now().getTime()).toISOString()
  metrics?.lockedOut(kind === 'address' ? 'address' : 'account')
  await store.delete(BLOCKS, scope, id)
  // Of two replacements at once either one may stay: they say the same but for milliseconds.
  await succeeds(
    store.create(BLOCKS, scope, { id, kind, subject, blocked_at, block_time_seconds: seconds }, seconds),
    'CONFLICT',
  )
}

export async function forgetBlock(store: Store, scope: Scope, id: string): Promise<void> {
  await store.delete(BLOCKS, scope, id)
}

export interface BlockListing {
  readonly page: number
  readonly page_size: number
  readonly sort_direction: 1 | -1
}

/** One page of the blocks of a kind that are in force, by their start. */
export function findBlocks(
  store: Store,
  scope: Scope,
  kind: 'address' | 'user',
  { page, page_size, sort_direction }: BlockListing,
): Promise<Page<Block>> {
  return store.find(BLOCKS, scope, {
    where: { kind },
    orderBy: 'blocked_at',
    direction: sort_direction === 1 ? 'asc' : 'desc',
    limit: page_size,
    offset: page * page_size,
  })
}
