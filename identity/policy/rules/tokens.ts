import type { Rules } from '../decision.ts'
import { type PolicyInputs, same, word } from '../inputs.ts'

/** What an application gets. */
export interface TokenRules {
  /** As registered; JWA names (RFC 7518, RFC 8037). */
  readonly signingAlg: string
}

export const TOKENS: Rules<TokenRules, PolicyInputs> = {
  signingAlg: {
    builtIn: 'EdDSA',
    // Neither is safer.
    strictness: () => 0,
    asks: (inputs) => word(inputs, 'Client', '/signingAlg', same),
  },
}
