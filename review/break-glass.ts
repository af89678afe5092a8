import type { LoadedProject, Project } from '../config/project/project.ts'
import type { Method } from '../identity/directory/methods.ts'
import { canSignIn } from '../identity/policy/assurance.ts'
import { refusals } from '../identity/policy/refusals.ts'
import type { EnvironmentReview, Lockout, Review } from './model.ts'
import { policyFor } from './people.ts'
import { decidingFields } from './policy.ts'
import { verdictOf } from './review.ts'
import { settingsByTenant, type TenantSettings } from './settings.ts'

type BreakGlass = Project['breakGlass'][number]

interface Revisions {
  readonly base: LoadedProject | undefined
  readonly head: LoadedProject
}

/**
 * The review with the accounts that have to get in whatever happens (`guards.breakGlass`): who cannot sign in after the change
 * is told, also when that was so before. What the base demands counts, and what is new.
 */
export function withBreakGlass(found: Review, revisions: readonly Revisions[]): Review {
  const environments = found.environments.map((environment, i) => insistedOn(environment, revisions[i]))
  return { ...found, verdict: verdictOf(environments), environments }
}

function insistedOn(environment: EnvironmentReview, revisions: Revisions | undefined): EnvironmentReview {
  if (revisions === undefined || environment.diagnostics.some(({ severity }) => severity === 'error'))
    return environment
  const { base, head } = revisions
  const demanded = [...(base?.project.breakGlass ?? []), ...head.project.breakGlass]
  const accounts = [...new Map(demanded.map((account) => [JSON.stringify(account), account])).values()]
  if (accounts.length === 0) return environment
  const settings = [...settingsByTenant(head.resources).values()]
  const lockouts = accounts.flatMap((account) => settings.flatMap((tenant) => lockoutOf(account, tenant)))
  return { ...environment, lockouts: [...environment.lockouts, ...lockouts] }
}

const METHODS: Readonly<Record<BreakGlass['method'], { readonly method: Method; readonly words: string }>> = {
  Password: { method: 'password', words: 'a password' },
  Passkey: { method: 'passkey', words: 'a passkey' },
  Pin: { method: 'pin', words: 'a PIN' },
  Pattern: { method: 'pattern', words: 'a pattern' },
}

/** With nothing but the one method at hand: no mailbox, no second device. */
function lockoutOf({ role, method: name, tenants }: BreakGlass, settings: TenantSettings): readonly Lockout[] {
  const { tenant } = settings
  if (tenants !== undefined && !tenants.includes(tenant)) return []
  const { method, words } = METHODS[name]
  const policy = policyFor(settings, { name: role, roles: [role] })
  if (canSignIn(policy, [method])) return []
  const causes = refusals(policy, [method]).flatMap((decision) => decidingFields(decision.by, settings, settings))
  return [{ tenant, text: `break-glass accounts (role ${role}) cannot sign in with ${words} alone`, causes }]
}
