import type { BlockConfig } from '../directory/tenants.ts'

/** One of the two rules of a tenant (notes to the contract, section 2, lockout). Times in milliseconds. */
export interface LockoutRule {
  /** Failures that start the first block. */
  readonly limit: number
  /** Only failures that are younger count towards the first block. */
  readonly window: number
  /** Time without a failure after which everything is forgotten, the level of blocks included. */
  readonly memory: number
  readonly initialBlock: number
  readonly maxBlock: number
}

/** What is known about one address or one account. Times in milliseconds since 1970. */
export interface Track {
  /** Times of the last failures, oldest first. */
  readonly failures: readonly number[]
  /** Blocks in a row so far. */
  readonly level: number
  /** Start of the last block; null before the first. */
  readonly blockedAt: number | null
  readonly blockLength: number
}

/** What came of asking for an attempt. `level`: of the block that the attempt starts unless it succeeds. */
export type AttemptVerdict =
  | { readonly allowed: true; readonly track: Track; readonly at: number; readonly level: number | undefined }
  | { readonly allowed: false; readonly track: Track; readonly retryAfterSeconds: number }

export const NO_FAILURES: Track = { failures: [], level: 0, blockedAt: null, blockLength: 0 }

/** Failures that are remembered one by one; a limit above it works like this one, which is the safer side. */
const MOST_FAILURES = 1000
const SECOND = 1000
const MINUTE = 60 * SECOND

const blocksOf = (config: BlockConfig) => ({
  initialBlock: config.initial_block_seconds * SECOND,
  maxBlock: config.max_block_time_minutes * MINUTE,
})

export function addressRule(config: BlockConfig): LockoutRule {
  const memory = config.ip_attempts_reset_minutes * MINUTE
  return { limit: cappedLimit(config.ip_attempts_limit), window: Infinity, memory, ...blocksOf(config) }
}

/** The memory is so long that waiting for it never gives a guesser more tries than one per longest block. */
export function accountRule(config: BlockConfig): LockoutRule {
  const blocks = blocksOf(config)
  const limit = cappedLimit(config.user_attempts_limit)
  const doublings = Math.max(Math.ceil(Math.log2(blocks.maxBlock / blocks.initialBlock)), 0)
  return {
    limit,
    window: config.user_timeframe_seconds * SECOND,
    memory: (limit + doublings) * blocks.maxBlock,
    ...blocks,
  }
}

const cappedLimit = (limit: number): number => Math.min(limit, MOST_FAILURES)

/** Milliseconds of the k-th block in a row: doubling from the first, up to the longest. */
export const blockLength = ({ initialBlock, maxBlock }: LockoutRule, level: number): number =>
  Math.min(initialBlock * 2 ** (level - 1), maxBlock)

/**
 * Takes an attempt before it is verified: it counts as a failure until `undo` says otherwise. During a block nothing is counted.
 */
export function attempt(rule: LockoutRule, stored: Track, at: number): AttemptVerdict {
  const blockEnd = endOfBlock(stored)
  if (at < blockEnd) return { allowed: false, track: stored, retryAfterSeconds: Math.ceil((blockEnd - at) / SECOND) }
  const track = at < forgottenAt(rule, stored) ? stored : NO_FAILURES
  const failures = [...track.failures, at].slice(-rule.limit)
  const counted = failures.filter((time) => time > at - rule.window).length
  if (track.level === 0 && counted < rule.limit)
    return { allowed: true, track: { ...track, failures }, at, level: undefined }
  const level = track.level + 1
  const blocked = { failures, level, blockedAt: at, blockLength: blockLength(rule, level) }
  return { allowed: true, track: blocked, at, level }
}

/** Takes back an attempt that succeeded, with the block that it started; a block that another attempt started stays. */
export function undo(track: Track, { at, level }: { readonly at: number; readonly level: number | undefined }): Track {
  const index = track.failures.lastIndexOf(at)
  const failures = track.failures.filter((_, i) => i !== index)
  if (level === undefined || track.level !== level) return { ...track, failures }
  return { failures, level: level - 1, blockedAt: null, blockLength: 0 }
}

/** End of the last block, 0 before the first. */
export const endOfBlock = ({ blockedAt, blockLength }: Track): number =>
  blockedAt === null ? 0 : blockedAt + blockLength

/** From when on nothing of the track matters any more. */
export function forgottenAt(rule: LockoutRule, track: Track): number {
  const last = Math.max(track.failures.at(-1) ?? 0, track.blockedAt ?? 0)
  return Math.max(last + rule.memory, endOfBlock(track))
}
