import type { Method } from './interaction.ts'

/** Authentication method references (RFC 8176): what each method proves, and which kind of factor it is. */
const METHODS: Readonly<Record<Method, { readonly amr: string; readonly kind: 'knowledge' | 'possession' }>> = {
  pin: { amr: 'pin', kind: 'knowledge' },
  pattern: { amr: 'pin', kind: 'knowledge' },
  password: { amr: 'pwd', kind: 'knowledge' },
  passkey: { amr: 'pop', kind: 'possession' },
  otp: { amr: 'otp', kind: 'possession' },
}

export const SINGLE_FACTOR = 'urn:plumbline:acr:single-factor'
export const MULTI_FACTOR = 'urn:plumbline:acr:multi-factor'

/** The claims `amr` and `acr` of a login by these methods; two kinds of factors make it a multi-factor one. */
export function assuranceOf(methods: readonly Method[]): { readonly amr: string[]; readonly acr: string } {
  const facts = methods.map((method) => METHODS[method])
  const several = new Set(facts.map((fact) => fact.kind)).size > 1
  const amr = [...new Set(facts.map((fact) => fact.amr))]
  return { amr: several ? [...amr, 'mfa'] : amr, acr: several ? MULTI_FACTOR : SINGLE_FACTOR }
}
