import type { FederatedMethod, Method } from '../identity/directory/methods.ts'
import { type EffectivePolicy, effectivePolicy } from '../identity/policy/policy.ts'
import { providerName } from './federated.ts'
import type { TenantSettings } from './settings.ts'

/** People for whom one set of rules holds. */
export interface People {
  readonly name: string
  readonly roles: readonly string[]
}

export const PEOPLE: readonly People[] = [
  { name: 'customers', roles: ['customer'] },
  { name: 'people who are not customers', roles: ['member'] },
]

/** What somebody has set up to sign in. */
export interface Enrolled {
  readonly words: string
  readonly methods: readonly Method[]
  /** Nobody has just this where a tenant takes something that people know: they set that up first. */
  readonly withoutSecret?: true
  /** They sign in at another provider. */
  readonly elsewhere?: true
}

/** Addresses are verified, so a code by e-mail is always at hand. */
export const ENROLLED: readonly Enrolled[] = [
  { words: 'a PIN', methods: ['pin', 'otp'] },
  { words: 'a pattern', methods: ['pattern', 'otp'] },
  { words: 'a password', methods: ['password', 'otp'] },
  { words: 'a passkey', methods: ['passkey', 'otp'], withoutSecret: true },
  { words: 'nothing but an e-mail address', methods: ['otp'], withoutSecret: true },
]

const SECRETS: readonly Method[] = ['pin', 'pattern', 'password']

/** What people of some tenants may have, with accounts at the providers that these let in. */
export const enrolledIn = (...tenants: readonly Pick<TenantSettings, 'federated'>[]): readonly Enrolled[] => [
  ...ENROLLED,
  ...new Map(tenants.flatMap(({ federated }) => federated.map(({ method }) => [method, accountAt(method)]))).values(),
]

const accountAt = (method: FederatedMethod): Enrolled => ({
  words: `an account at ${providerName(method)}`,
  methods: [method, 'otp'],
  elsewhere: true,
})

/** What people of a tenant with this policy have set up: a secret that it takes, where it takes any, or an account elsewhere. */
export function enrolledUnder(
  { methods }: EffectivePolicy,
  tenant: Pick<TenantSettings, 'federated'>,
): readonly Enrolled[] {
  const taken = SECRETS.filter((method) => methods[method]?.value)
  return enrolledIn(tenant).filter(({ withoutSecret, elsewhere, methods: [first] }) => {
    if (first !== undefined && elsewhere) return methods[first]?.value
    return withoutSecret ? taken.length === 0 : first !== undefined && taken.includes(first)
  })
}

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
