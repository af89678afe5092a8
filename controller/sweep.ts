import { createHash } from 'node:crypto'
import type { Clock } from '../reconciler/retry.ts'

/** Looks of one sweep begin within this share of the interval, so that not all come at the same instant. */
const JITTER = 0.1
/** Reads are shared for this share of the interval: longer than the looks of a sweep are spread. */
const SHARED = 0.2

/** When an object is to be looked at again for drift. */
export interface DriftLook {
  readonly seconds: number
  /** Objects of one group are looked at together, so that they can share what is read: those of one Connection. */
  readonly group: string
}

/** How old what is read for drift may be, in milliseconds. */
export const sharedFor = (seconds: number): number => seconds * 1_000 * SHARED

/**
 * Milliseconds until the next look. All objects of a group with the same interval have the same times, give or take a
 * tenth; groups are spread. The first look comes between half and one and a half intervals after a change.
 */
export function waitFor({ seconds, group }: DriftLook, clock: Pick<Clock, 'now' | 'random'>): number {
  const period = seconds * 1_000
  const untilSlot = period - ((clock.now() + phaseOf(group) * period) % period)
  const wait = untilSlot < period / 2 ? untilSlot + period : untilSlot
  return wait + clock.random() * JITTER * period
}

/** Milliseconds of an interval, so that not all that began together come together. */
export const spread = (seconds: number, clock: Pick<Clock, 'random'>): number =>
  seconds * 1_000 * (1 + clock.random() * JITTER)

const WORD = 2 ** 32

/** A number from 0 to 1 that is always the same for a group. */
const phaseOf = (group: string): number => createHash('sha256').update(group).digest().readUInt32BE() / WORD
