import { isDeepStrictEqual } from 'node:util'
import { PlumblineError } from '../config/errors.ts'
import type { Change } from './adapter.ts'
import type { Step } from './model.ts'

/**
 * The step as it is due now. What was planned and is still different must be exactly what was planned. A new container
 * may come with objects of its own: they take fewer of the planned values, and no others.
 */
export function stillDue(planned: Step, now: Step, insideNew: boolean): Step {
  if (now.action === 'blocked') throw new PlumblineError('REFUSED', now.because ?? 'blocked')
  const same = isDeepStrictEqual(now.changes, planned.changes)
  if (now.changes.length === 0 && now.action !== 'create') return now
  if (same && (now.action === planned.action || planned.action === 'replace')) return planned
  if (insideNew && now.action === 'adopt' && isPartOf(now.changes, planned.changes)) return now
  throw new PlumblineError('PLAN_STALE', `${planned.address} has changed since the plan was made`, {
    help: 'Plan again and review the difference.',
  })
}

const isPartOf = (some: readonly Change[], all: readonly Change[]): boolean =>
  some.every(({ path, to }) => all.some((c) => c.path === path && isDeepStrictEqual(c.to, to)))
