import type { Diagnostic } from '../config/resource.ts'
import { lockedOut } from '../review/lockout.ts'
import type { EnvironmentReview, Lockout, Review } from '../review/model.ts'
import { PEOPLE } from '../review/people.ts'
import { type Revisions, verdictOf } from '../review/review.ts'
import { settingsByTenant, type TenantSettings, withOldNames } from '../review/settings.ts'
import { lostIn, type ShadowRun, shadowRun, type Trial, type Use } from './run.ts'

export interface LoginsOptions {
  readonly signal: AbortSignal
  /** Hears of each login, and how many there will be in its environment. */
  readonly onLogin?: (done: number, all: number) => void
  /** Ends the trial of an environment (default: after a minute). */
  readonly deadline?: () => AbortSignal
}

const MOST_MILLISECONDS = 60_000

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
  const { deadline = () => AbortSignal.timeout(MOST_MILLISECONDS), ...others } = options
  const documents = { base: revisions.base.resources, head: revisions.head.resources }
  const run = await shadowRun({ ...documents, ...others, deadline: deadline() })
  const [was, is] = [settingsByTenant(revisions.base.resources), settingsByTenant(revisions.head.resources)]
  const news = lostIn(run.trials).filter((trial) => !isForeseen(trial, was.get(trial.tenant), is.get(trial.tenant)))
  return {
    ...environment,
    diagnostics: [...environment.diagnostics, ...told(run)],
    lockouts: [...environment.lockouts, ...news.map(lockoutOf), ...lostIn(run.uses).map(lostUse)],
  }
}

/** Whether the check of the documents has told it. */
export function isForeseen(
  { people: name, enrolled }: Trial,
  before: TenantSettings | undefined,
  after: TenantSettings | undefined,
): boolean {
  const people = PEOPLE.find((some) => some.name === name)
  if (people === undefined || before === undefined || after === undefined) return false
  return lockedOut(people, before, withOldNames(after, before)).some(({ words }) => words === enrolled)
}

const lockoutOf = ({ tenant, people, enrolled, after }: Trial): Lockout => ({
  tenant,
  text: `${people} with ${enrolled} could sign in and can no longer: ${after}`,
  causes: [],
})

const lostUse = ({ tenant, what, after }: Use): Lockout => ({
  tenant,
  text: `people who get in could ${what} and can no longer: ${after}`,
  causes: [],
})

const told = ({ untried, notTried }: ShadowRun): readonly Diagnostic[] =>
  [...untried.map((what) => `logins were tried without ${what}`), ...notTried].map(warning)

const warning = (message: string): Diagnostic => ({ severity: 'warning', code: 'REFUSED', message })
