import type { EnvironmentReview, Live, Lockout, TenantImpact } from './model.ts'

/** What is said of people who lose their last way in. */
export const LOCKED_OUT = 'can no longer sign in'

/** An environment with what its systems say. Whom the identity service would shut out counts as locked out. */
export function withLive(environment: EnvironmentReview, live: Live): EnvironmentReview {
  const found = 'plan' in live ? live.people.flatMap(lockoutsOf) : []
  return { ...environment, live, lockouts: [...environment.lockouts, ...found] }
}

const lockoutsOf = ({ tenant, effects }: TenantImpact): readonly Lockout[] =>
  effects
    .filter(({ what }) => what === LOCKED_OUT)
    .map(({ count, causes }) => ({ tenant, text: `${usersOf(count)} of today ${LOCKED_OUT}`, causes }))

const usersOf = (count: number): string => `${count} ${count === 1 ? 'user' : 'users'}`

/** What else happens to users, a line for each, and tenants that could not be asked. */
export function peopleLines(live: Live | undefined): readonly string[] {
  if (live === undefined || 'failure' in live) return []
  return live.people.flatMap(({ tenant, because, effects }) => [
    ...(because === undefined ? [] : [`${tenant}: users not counted: ${because}`]),
    ...effects
      .filter(({ what }) => what !== LOCKED_OUT)
      .map(({ what, count }) => `${tenant}: ${usersOf(count)} ${count === 1 ? what.replace(/^have /, 'has ') : what}`),
  ])
}
