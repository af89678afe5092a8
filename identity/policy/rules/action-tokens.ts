import { type DecisionRule, type Rules, STRICTER } from '../decision.ts'
import { amount, flag, type PolicyInputs, same } from '../inputs.ts'

/** Links that carry a login, beside the methods `appToken` and `loginToken` and their levels. */
export interface ActionTokenRules {
  /** Seconds for which a token is good, by its kind. */
  readonly appSeconds: number
  readonly couplingSeconds: number
  readonly loginSeconds: number
  /** A token connects an account at another provider with the person that it names. */
  readonly coupling: boolean
  /** People make links that sign them in on their account page. */
  readonly fromAccount: boolean
}

const DEFAULT_SECONDS = 60

const lives = (kind: string): DecisionRule<number, PolicyInputs> => ({
  builtIn: DEFAULT_SECONDS,
  strictness: STRICTER.less,
  // 0 stands for the default (notes, "Features at run time").
  asks: (inputs) => amount(inputs, 'CimFeatures', `/actionToken/${kind}/ttlSeconds`, (ttl) => ttl || DEFAULT_SECONDS),
})

const allowed = (field: string): DecisionRule<boolean, PolicyInputs> => ({
  builtIn: false,
  strictness: STRICTER.no,
  asks: (inputs) => flag(inputs, 'CimFeatures', `/actionToken/${field}`, same),
})

export const ACTION_TOKENS: Rules<ActionTokenRules, PolicyInputs> = {
  appSeconds: lives('appToWeb'),
  couplingSeconds: lives('coupling'),
  loginSeconds: lives('login'),
  coupling: allowed('coupling/enabled'),
  fromAccount: allowed('login/uiGenerationEnabled'),
}
