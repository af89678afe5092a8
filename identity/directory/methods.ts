/** How somebody signs in here. */
export type LocalMethod =
  | 'pin'
  | 'pattern'
  | 'passkey'
  | 'password'
  | 'otp'
  | 'totp'
  | 'sms'
  | 'letter'
  | 'push'
  | 'appToken'
  | 'loginToken'
/** A login at another provider, by the login method of that type and name, e.g. `federated:Google/Google`. */
export type FederatedMethod = `federated:${string}`
/** How somebody signs in. */
export type Method = LocalMethod | FederatedMethod

type Kind = 'knowledge' | 'possession'

interface Facts {
  /** Authentication method references (RFC 8176) that tell of the method, and a name of ours where they tell of others, too. */
  readonly amr: readonly string[]
  /** Which kinds of factors it is; the first one is the one that it comes as. */
  readonly kinds: readonly [Kind, ...Kind[]]
  /** It only confirms who has shown something else: nobody signs in with it alone, unless a setting says so. */
  readonly confirms?: true
  /** It is a device of the person, which they have set up themselves. */
  readonly device?: true
}

const METHOD = 'urn:plumbline:method:'

const METHODS: Readonly<Record<LocalMethod, Facts>> = {
  pin: { amr: ['pin'], kinds: ['knowledge'] },
  pattern: { amr: ['pin'], kinds: ['knowledge'] },
  password: { amr: ['pwd'], kinds: ['knowledge'] },
  passkey: { amr: ['pop'], kinds: ['possession'], device: true },
  otp: { amr: ['otp'], kinds: ['possession'] },
  sms: { amr: ['sms'], kinds: ['possession'], confirms: true, device: true },
  // Over another channel than the login (RFC 8176, `mca`).
  push: { amr: ['mca'], kinds: ['possession'], confirms: true, device: true },
  letter: { amr: ['otp', `${METHOD}letter`], kinds: ['possession'], confirms: true },
  // Whatever was shown to get one, it is one thing that stands for the person.
  appToken: { amr: [`${METHOD}app-token`], kinds: ['knowledge'] },
  loginToken: { amr: [`${METHOD}login-token`], kinds: ['knowledge'] },
  totp: { amr: ['otp', `${METHOD}totp`], kinds: ['possession'], confirms: true, device: true },
}

const LOGIN_METHOD = 'urn:plumbline:login-method:'

/**
 * Stands for another provider, which RFC 8176 has no value for; the one behind it says which. Whatever it asked for, it counts as one thing
 * that the person knows, so that it never makes two factors by itself or together with a password.
 */
const ELSEWHERE: Facts = { amr: ['fed'], kinds: ['knowledge'] }

/** Types of login methods of which more is known. */
const KNOWN_ELSEWHERE: Readonly<Record<string, Facts>> = {
  // The app on a registered device, opened with its code (Pigello notes, "What the runtime must do").
  BankId: { amr: ['fed'], kinds: ['knowledge', 'possession'] },
  // Integrated authentication of Windows (RFC 8176, `wia`): what the person knew when they signed in to the realm.
  Kerberos: { amr: ['wia'], kinds: ['knowledge'] },
}

export const isFederated = (method: Method): method is FederatedMethod => method.startsWith('federated:')

/** The login method of a type and name, in the words of its document. */
export const federatedMethod = (type: unknown, name: unknown): FederatedMethod => `federated:${type}/${name}`

function factsOf(method: Method): Facts {
  if (!isFederated(method)) return METHODS[method]
  const name = method.slice('federated:'.length)
  const { amr, kinds } = KNOWN_ELSEWHERE[name.slice(0, name.indexOf('/'))] ?? ELSEWHERE
  return { amr: [...amr, `${LOGIN_METHOD}${encodeURIComponent(name)}`], kinds }
}

export const kindOfMethod = (method: Method): Kind => factsOf(method).kinds[0]
export const onlyConfirms = (method: Method): boolean => factsOf(method).confirms === true
export const isDevice = (method: Method): boolean => factsOf(method).device === true

export const SINGLE_FACTOR = 'urn:plumbline:acr:single-factor'
export const MULTI_FACTOR = 'urn:plumbline:acr:multi-factor'

/** The claims `amr` and `acr` of a login by these methods; two kinds of factors make it a multi-factor one. */
export function assuranceOf(methods: readonly Method[]): { readonly amr: string[]; readonly acr: string } {
  const facts = methods.map(factsOf)
  const several = new Set(facts.flatMap((fact) => fact.kinds)).size > 1
  const amr = [...new Set(facts.flatMap((fact) => fact.amr))]
  return { amr: several ? [...amr, 'mfa'] : amr, acr: several ? MULTI_FACTOR : SINGLE_FACTOR }
}

/** A method of each value of `amr` that stands for one alone; the pattern is told as a PIN. */
const OF_AMR = Object.fromEntries(
  Object.entries(METHODS)
    .reverse()
    .map(([method, { amr }]) => [amr.at(-1), method as LocalMethod]),
)

/** The methods behind the claim `amr` of a login. What a name of ours explains is not told by the general value beside it. */
export function methodsIn(amr: readonly string[]): readonly Method[] {
  const named = amr.flatMap((value): Method[] => {
    if (value.startsWith(LOGIN_METHOD)) return [`federated:${decodeURIComponent(value.slice(LOGIN_METHOD.length))}`]
    return Object.hasOwn(OF_AMR, value) ? [OF_AMR[value] as LocalMethod] : []
  })
  const explained = new Set(named.flatMap((method) => factsOf(method).amr.slice(0, -1)))
  return named.filter((method) => !factsOf(method).amr.every((value) => explained.has(value)))
}
