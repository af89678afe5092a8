import type { Method } from '../identity/directory/methods.ts'
import { type EffectivePolicy, effectivePolicy } from '../identity/policy/policy.ts'
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

/** What people of a tenant with this policy have set up: a secret that it takes, where it takes any. */
export function enrolledUnder({ methods }: EffectivePolicy): readonly Enrolled[] {
  const taken = SECRETS.filter((method) => methods[method]?.value)
  return ENROLLED.filter((enrolled) =>
    enrolled.withoutSecret ? taken.length === 0 : enrolled.methods.some((method) => taken.includes(method)),
  )
}

/** What a login demands of some people, by the function that the service itself asks. */
export const policyFor = ({ documents }: Pick<TenantSettings, 'documents'>, { roles }: People): EffectivePolicy =>
  effectivePolicy({ documents: { ...documents, User: { roles, verified: true, disabled: false } }, enrolled: [] })
