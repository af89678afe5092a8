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

type PartName = keyof EffectivePolicy

/** Some rules are made of the settings. */
function rulesOf(part: PartName, inputs: PolicyInputs): Rules<object, PolicyInputs> {
  if (part === 'methods') return methodRules(inputs)
  return part === 'levels' ? levelRules(inputs) : LOGIN_RULES[part]
}

const PARTS = Object.keys(LOGIN_RULES) as readonly PartName[]

/** The policy that follows from the settings: a pure function, in which the strictest setting wins. */
export function effectivePolicy(inputs: PolicyInputs): EffectivePolicy {
  const parts = PARTS.map((part) => [part, decideAll(rulesOf(part, inputs), inputs)])
  return Object.fromEntries(parts) as EffectivePolicy
}

/**
 * The same for who reads a few of its parts: each is decided when it is first read. The parts stand in the prototype, since V8 makes a
 * hidden class for every object with getters of its own; so this one cannot be listed or compared.
 */
export const policyOnDemand = (inputs: PolicyInputs): EffectivePolicy =>
  new OnDemand(inputs) as object as EffectivePolicy

class OnDemand {
  readonly #inputs: PolicyInputs
  readonly #decided = new Map<PartName, object>()

  static {
    for (const name of PARTS) Object.defineProperty(OnDemand.prototype, name, { get: readPart(name) })
  }

  constructor(inputs: PolicyInputs) {
    this.#inputs = inputs
  }

  part(name: PartName): object {
    const part = this.#decided.get(name) ?? decideAll(rulesOf(name, this.#inputs), this.#inputs)
    this.#decided.set(name, part)
    return part
  }
}

function readPart(name: PartName) {
  return function (this: OnDemand) {
    return this.part(name)
  }
}
