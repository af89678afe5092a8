/** How somebody signs in. */
export type Method = 'pin' | 'pattern' | 'passkey' | 'password' | 'otp'

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

/** A method of each value of `amr`; the pattern is told as a PIN. */
const OF_AMR = Object.fromEntries(
  Object.entries(METHODS)
    .reverse()
    .map(([method, { amr }]) => [amr, method as Method]),
)

/** The methods behind the claim `amr` of a login. */
export const methodsIn = (amr: readonly string[]): readonly Method[] =>
  amr.flatMap((value) => (Object.hasOwn(OF_AMR, value) ? [OF_AMR[value] as Method] : []))

export const METHOD_NAMES = Object.keys(METHODS) as Method[]
