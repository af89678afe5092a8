import type { Diagnostic } from '../config/resource.ts'
import type { EnvironmentReview, Lockout, Review } from '../review/model.ts'
import { type Revisions, verdictOf } from '../review/review.ts'
import { lostIn, shadowRun, type Trial } from './run.ts'

export interface LoginsOptions {
  readonly signal: AbortSignal
  /** Hears of each login, and how many there will be in its environment. */
  readonly onLogin?: (done: number, all: number) => void
}

/** The review with what really happens to people: whoever could sign in before the change and cannot after it is locked out. */
export async function withLogins(
  found: Review,
  revisions: readonly Revisions[],
  options: LoginsOptions,
): Promise<Review> {
  const environments: EnvironmentReview[] = []
  for (const [i, environment] of found.environments.entries())
    environments.push(await triedIn(environment, revisions[i], options))
  return { ...found, verdict: verdictOf(environments), environments }
}

async function triedIn(
  environment: EnvironmentReview,
  revisions: Revisions | undefined,
  options: LoginsOptions,
): Promise<EnvironmentReview> {
  const isBroken = environment.diagnostics.some(({ severity }) => severity === 'error')
  if (revisions?.base === undefined || isBroken) return environment
  const run = await shadowRun({ base: revisions.base.resources, head: revisions.head.resources, ...options })
  const news = lostIn(run).filter((trial) => !environment.lockouts.some((lockout) => speaksOf(lockout, trial)))
  return {
    ...environment,
    diagnostics: [...environment.diagnostics, ...run.untried.map(untriedOf)],
    lockouts: [...environment.lockouts, ...news.map(lockoutOf)],
  }
}

/** Whether the check of the documents has told it. */
export const speaksOf = ({ tenant, text }: Pick<Lockout, 'tenant' | 'text'>, trial: Trial): boolean =>
  tenant === trial.tenant &&
  (/^people (with|can) /.test(text) || text.startsWith(`${trial.people} `)) &&
  (text.includes(trial.enrolled) || !text.includes(' with '))

const lockoutOf = ({ tenant, people, enrolled, after }: Trial): Lockout => ({
  tenant,
  text: `${people} with ${enrolled} could sign in and can no longer: ${after}`,
  causes: [],
})

const untriedOf = (what: string): Diagnostic => ({
  severity: 'warning',
  code: 'REFUSED',
  message: `logins were tried without ${what}`,
})
