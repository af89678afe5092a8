import { type Rules, STRICTER } from '../decision.ts'
import { flag, type PolicyInputs, same } from '../inputs.ts'

/** How accounts at other providers and accounts here come together. */
export interface FederationRules {
  /** Whoever has the same verified e-mail address on both sides is connected without being asked. */
  readonly unasked: boolean
  /** One person may have several accounts at other providers. */
  readonly several: boolean
}

export const FEDERATION: Rules<FederationRules, PolicyInputs> = {
  unasked: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => flag(inputs, 'CimFeatures', '/automatedExternalIdentityCouplingEnabled', same),
  },
  several: {
    builtIn: false,
    strictness: STRICTER.no,
    asks: (inputs) => flag(inputs, 'CimFeatures', '/bindMultipleExternalAccountsWithOneCimAccount', same),
  },
}
