import { type DecisionRule, type Rules, STRICTER } from '../decision.ts'
import { amount, flag, type PolicyInputs, same, word } from '../inputs.ts'

/** What people do after the login that can demand a level of it. `default`: a client that asks for a step-up and names no level. */
const STEP_UP_ACTIONS = ['default', 'dashboard', 'changeEmail', 'changePassword', 'setUpMethods'] as const
export type StepUpAction = (typeof STEP_UP_ACTIONS)[number]

/** Level that each action demands; 0 demands nothing. */
export type DemandRules = Readonly<Record<StepUpAction, number>>

const demands = (action: StepUpAction): DecisionRule<number, PolicyInputs> => ({
  builtIn: 0,
  strictness: STRICTER.more,
  asks: (inputs) => amount(inputs, 'CimStepUp', `/actions/${action}`, same),
})

export const DEMANDS = Object.fromEntries(STEP_UP_ACTIONS.map((action) => [action, demands(action)])) as Rules<
  DemandRules,
  PolicyInputs
>

export interface StepUpRules {
  /** The strongest method that the person can show is needed, even if a weaker one would do. */
  readonly strongest: boolean
  /** A person without any step-up method enrols the first one without a step-up. */
  readonly firstMethodFree: boolean
}

export const STEP_UP_RULES: Rules<StepUpRules, PolicyInputs> = {
  strongest: {
    builtIn: false,
    strictness: STRICTER.yes,
    asks: (inputs) => word(inputs, 'CimStepUp', '/strategy', (strategy) => strategy === 'StrongestAvailable'),
  },
  firstMethodFree: {
    builtIn: true,
    strictness: STRICTER.no,
    asks: (inputs) => flag(inputs, 'CimStepUp', '/actions/allowInitialMethod', same),
  },
}
