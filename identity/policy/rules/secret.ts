import { type Rules, STRICTER } from '../decision.ts'
import { amount, flag, type PolicyInputs, same } from '../inputs.ts'

/** What a new login secret has to be like; secrets keep the sizes that they were made with. */
export interface SecretRules {
  /** Digits. */
  readonly pinSize: number
  /** Side of the grid. */
  readonly patternSize: number
  readonly showPin: boolean
  /** The pages refuse one that is easy to guess. */
  readonly refusesWeak: boolean
}

export const SECRET: Rules<SecretRules, PolicyInputs> = {
  pinSize: { builtIn: 6, strictness: STRICTER.more, asks: (inputs) => amount(inputs, 'Tenant', '/pin/size', same) },
  patternSize: {
    builtIn: 3,
    strictness: STRICTER.more,
    asks: (inputs) => amount(inputs, 'Tenant', '/pattern/size', same),
  },
  showPin: {
    builtIn: true,
    strictness: STRICTER.no,
    asks: (inputs) => flag(inputs, 'Tenant', '/pin/showWhenTyping', same),
  },
  refusesWeak: {
    builtIn: true,
    strictness: STRICTER.yes,
    asks: (inputs) => flag(inputs, 'Tenant', '/refuseWeakSecrets', same),
  },
}
