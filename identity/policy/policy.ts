import { type Decisions, decideAll, type Rules } from './decision.ts'
import type { PolicyInputs } from './inputs.ts'
import { ACTION_TOKENS } from './rules/action-tokens.ts'
import { ACTIVATION } from './rules/activation.ts'
import { FEDERATION } from './rules/federation.ts'
import { INVITATION } from './rules/invitations.ts'
import { LETTERS } from './rules/letters.ts'
import { LEVELS, levelRules } from './rules/levels.ts'
import { LOCKOUT } from './rules/lockout.ts'
import { LOGIN } from './rules/login.ts'
import { METHODS, methodRules } from './rules/methods.ts'
import { MIGRATION } from './rules/migration.ts'
import { MOBILE } from './rules/mobile.ts'
import { PAGE } from './rules/page.ts'
import { PASSWORD_RULES } from './rules/password.ts'
import { RESET } from './rules/reset.ts'
import { SECRET } from './rules/secret.ts'
import { SIGN_UP } from './rules/sign-up.ts'
import { DEMANDS, STEP_UP_RULES } from './rules/step-up.ts'
import { TOKENS } from './rules/tokens.ts'

/** Everything that is decided about logins, one rule per decision. */
export const LOGIN_RULES = {
  login: LOGIN,
  /** Before the user is known: what some user may show. */
  methods: METHODS,
  mobile: MOBILE,
  letters: LETTERS,
  secret: SECRET,
  password: PASSWORD_RULES,
  reset: RESET,
  signUp: SIGN_UP,
  invitations: INVITATION,
  activation: ACTIVATION,
  actionTokens: ACTION_TOKENS,
  migration: MIGRATION,
  levels: LEVELS,
  demands: DEMANDS,
  stepUp: STEP_UP_RULES,
  federation: FEDERATION,
  lockout: LOCKOUT,
  page: PAGE,
  tokens: TOKENS,
} as const

type Part<R> = R extends Rules<infer T, PolicyInputs> ? Decisions<T> : never

/** How people log in, each decision with the settings that made it. `values` of a part gives the bare values. */
export type EffectivePolicy = { readonly [P in keyof typeof LOGIN_RULES]: Part<(typeof LOGIN_RULES)[P]> }

/** The policy that follows from the settings: a pure function, in which the strictest setting wins. */
export function effectivePolicy(inputs: PolicyInputs): EffectivePolicy {
  const rules = { ...LOGIN_RULES, methods: methodRules(inputs), levels: levelRules(inputs) }
  const parts = Object.entries<Rules<object, PolicyInputs>>(rules).map(([part, rules]) => [
    part,
    decideAll(rules, inputs),
  ])
  return Object.fromEntries(parts) as EffectivePolicy
}
