import { type Rules, STRICTER } from '../decision.ts'
import { amount, type PolicyInputs, same } from '../inputs.ts'

/** Codes that somebody outside the service delivers, by post for example. Seconds. */
export interface LetterRules {
  /** After it was made, a code is good for nothing so long. */
  readonly unavailableFor: number
  /** Fewest between two codes. */
  readonly pause: number
}

const TIMES = '/personActivation/externallyDeliveredCode'

export const LETTERS: Rules<LetterRules, PolicyInputs> = {
  unavailableFor: {
    builtIn: 0,
    strictness: STRICTER.more,
    asks: (inputs) => amount(inputs, 'CimFeatures', `${TIMES}/unavailabilitySeconds`, same),
  },
  pause: {
    builtIn: 0,
    strictness: STRICTER.more,
    asks: (inputs) => amount(inputs, 'CimFeatures', `${TIMES}/resendMinimumSeconds`, same),
  },
}
