import type { Diagnostic } from '../config/resource.ts'
import { type Allowance, REMOVALS, type Step } from './model.ts'

const error = (message: string): Diagnostic => ({ severity: 'error', code: 'REFUSED', message })

/** Guards against an accident that would take everything away. An error here stops the whole plan. */
export function deleteGuards(
  steps: readonly Step[],
  documents: number,
  owned: number,
  allowance: Allowance,
): readonly Diagnostic[] {
  const removed = steps.filter((s) => REMOVALS.has(s.action)).length
  if (removed > 0 && documents === 0 && !allowance.allow.has('empty')) {
    return [error(`there are no documents, and ${removed} objects would go; allow \`empty\` if that is meant`)]
  }
  const deleted = steps.filter((s) => s.action === 'delete' || s.action === 'replace').length
  if (!isAboveShare(deleted, owned, allowance.maxDeleteShare)) return []
  const [found, allowed] = [deleted / Math.max(1, owned), allowance.maxDeleteShare].map(percent)
  return [
    error(`the plan deletes or replaces ${found} of what is owned; at most ${allowed} is allowed (maxDeleteShare)`),
  ]
}

/** More goes than may go, at whatever door. `most` is a share, 0 to 1. */
export const isAboveShare = (deleted: number, owned: number, most: number): boolean =>
  deleted / Math.max(1, owned) > most

/** For people. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`
