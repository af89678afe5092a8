import { type Rule, type Rules, STRICTER } from '../decision.ts'
import { amount, flag, type Inputs, same, word } from '../inputs.ts'

/** What people do after the login that can demand a level of it. `default`: a client that asks for a step-up and names no level. */
export const ACTIONS = ['default', 'dashboard', 'changeEmail', 'changePassword', 'setUpMethods'] as const
export type Action = (typeof ACTIONS)[number]

/** Level that each action demands; 0 demands nothing. */
export type DemandRules = Readonly<Record<Action, number>>

const demands = (action: Action): Rule<number, Inputs> => ({
  builtIn: 0,
  strictness: STRICTER.more,
  asks: (inputs) => amount(inputs, 'CimStepUp', `/actions/${action}`, same),
})

export const DEMANDS = Object.fromEntries(ACTIONS.map((action) => [action, demands(action)])) as Rules<
  DemandRules,
  Inputs
>

export interface StepUpRules {
  /** The strongest method that the person can show is needed, even if a weaker one would do. */
  readonly strongest: boolean
  /** A person without any step-up method enrols the first one without a step-up. */
  readonly firstMethodFree: boolean
}

export const STEP_UP: Rules<StepUpRules, Inputs> = {
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
