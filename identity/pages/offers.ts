import type { Tenant } from '../vault/tenants.ts'
import type { Site } from './site.ts'

/** The ways to prove who one is that have a page of their own, the preferred one first. */
export type SignInMethod = 'secret' | 'password' | 'code'

/** What a tenant offers a person. */
export interface Offers {
  readonly methods: readonly SignInMethod[]
  readonly passkey: boolean
  readonly signUp: boolean
  readonly reset: boolean
}

/** What the pages of a site offer. The operations check for themselves; this says only what is worth showing. */
export function offersOf({ tenant, client }: Pick<Site, 'tenant' | 'client'>): Offers {
  if (!tenant) return { methods: [], passkey: false, signUp: false, reset: false }
  const methods = offeredMethods(tenant)
  return {
    methods,
    passkey: tenant.passkey_enabled,
    signUp: tenant.register_enable && client?.register_enable === true && methods.length > 0,
    reset: methods.includes('secret'),
  }
}

const offeredMethods = (tenant: Tenant): readonly SignInMethod[] =>
  tenant.use_pin || tenant.use_pattern ? ['secret'] : []
