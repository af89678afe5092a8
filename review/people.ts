import { type FederatedMethod, kindOfMethod, type LocalMethod, type Method } from '../identity/directory/methods.ts'
import { canSignIn } from '../identity/policy/assurance.ts'
import { type EffectivePolicy, effectivePolicy } from '../identity/policy/policy.ts'
import { providerName } from './federated.ts'
import type { TenantSettings } from './settings.ts'

/** People for whom one set of rules holds. */
export interface People {
  readonly name: string
  readonly roles: readonly string[]
}

/** No system has rules of their own for administrators: they are people who are not customers. */
export const PEOPLE: readonly People[] = [
  { name: 'customers', roles: ['customer'] },
  { name: 'people who are not customers', roles: ['member'] },
]

/** What somebody has set up to sign in. */
export interface Enrolled {
  readonly words: string
  readonly methods: readonly Method[]
  /** What they show first. */
  readonly first: Method
  /** What they confirm it with. */
  readonly device?: LocalMethod
}

/** Addresses are verified and people live somewhere, so codes by e-mail and by letter are always at hand. */
const AT_HAND: readonly Method[] = ['otp', 'letter']

const by = (words: string, first: Method): Enrolled => ({ words, first, methods: [...new Set([first, ...AT_HAND])] })

export const ENROLLED: readonly Enrolled[] = [
  by('a PIN', 'pin'),
  by('a pattern', 'pattern'),
  by('a password', 'password'),
  by('a passkey', 'passkey'),
  by('nothing but an e-mail address', 'otp'),
  { words: 'nothing but a telephone', first: 'sms', methods: ['sms', 'letter'] },
]

const DEVICES: Readonly<Partial<Record<LocalMethod, string>>> = {
  totp: 'an authenticator app',
  sms: 'a telephone',
  push: 'another browser that approves logins',
}

/** The same people once with each device that confirms what they know. */
const withDevices = (some: Enrolled): readonly Enrolled[] => [
  some,
  ...(kindOfMethod(some.first) === 'possession' ? [] : (Object.keys(DEVICES) as LocalMethod[])).map((device) => ({
    words: `${some.words} and ${DEVICES[device]}`,
    methods: [...some.methods, device],
    first: some.first,
    device,
  })),
]

const SECRETS: readonly Method[] = ['pin', 'pattern', 'password']

/** What people of some tenants may have, with accounts at the providers that these let in. */
export const enrolledIn = (...tenants: readonly Pick<TenantSettings, 'federated'>[]): readonly Enrolled[] => {
  const providers = new Set(tenants.flatMap(({ federated }) => federated.map(({ method }) => method)))
  return [...ENROLLED, ...[...providers].map(accountAt)].flatMap(withDevices)
}

const accountAt = (method: FederatedMethod): Enrolled => by(`an account at ${providerName(method)}`, method)

/** What people of a tenant with this policy have set up: what it takes. */
export function enrolledUnder(
  { methods }: EffectivePolicy,
  tenant: Pick<TenantSettings, 'federated'>,
): readonly Enrolled[] {
  const takes = (method: Method): boolean => methods[method]?.value === true
  // Who has set up a passkey has shown a secret for it, where one is taken.
  const isUsual = ({ first }: Enrolled): boolean => (first === 'passkey' ? !SECRETS.some(takes) : takes(first))
  return enrolledIn(tenant).filter((some) => isUsual(some) && (some.device === undefined || takes(some.device)))
}

/**
 * Whether these people get in: with what they have set up, or, where nothing but their address is known, with a secret that they set up by a
 * mailed code.
 */
export const getsIn = (policy: EffectivePolicy, { first, methods }: Enrolled): boolean =>
  canSignIn(policy, methods) ||
  (first === 'otp' && policy.reset.open.value && SECRETS.some((secret) => canSignIn(policy, [secret, ...methods])))

/** What a login demands of some people, by the function that the service itself asks. */
export const policyFor = (
  { documents, federated }: Pick<TenantSettings, 'documents' | 'federated'>,
  { roles }: People,
): EffectivePolicy =>
  effectivePolicy({
    documents: { ...documents, User: { roles, verified: true, disabled: false } },
    federated: federated.map(({ spec }) => spec),
    enrolled: [],
  })
