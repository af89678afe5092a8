import type { Diagnostic } from '../config/resource.ts'
import { type Policy, REMOVALS, type Step } from './model.ts'

const error = (message: string): Diagnostic => ({ severity: 'error', code: 'REFUSED', message })

/** Guards against an accident that would take everything away. An error here stops the whole plan. */
export function deleteGuards(
  steps: readonly Step[],
  documents: number,
  owned: number,
  policy: Policy,
): readonly Diagnostic[] {
  const removed = steps.filter((s) => REMOVALS.has(s.action)).length
  if (removed === 0) return []
  if (documents === 0 && !policy.allow.has('empty')) {
    return [error(`there are no documents, and ${removed} objects would go; allow \`empty\` if that is meant`)]
  }
  const share = steps.filter((s) => s.action === 'delete' || s.action === 'replace').length / Math.max(1, owned)
  if (share <= policy.maxDeleteShare) return []
  const [found, allowed] = [share, policy.maxDeleteShare].map((n) => `${Math.round(n * 100)} %`)
  return [error(`the plan deletes ${found} of what is owned; at most ${allowed} is allowed (maxDeleteShare)`)]
}
