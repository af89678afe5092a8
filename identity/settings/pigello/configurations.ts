import type { Collection } from '../../store/store.ts'

/** Contract schema SecurityConfiguration, with every field settled. */
export interface SecurityConfiguration {
  readonly id: string
  readonly created_at: string
  readonly customers_can_use_bankid_login: boolean
  readonly require_mfa_for_customers: boolean
  readonly customers_can_use_hotp_login: boolean
  readonly password_expiration_days: number | null
  readonly non_customers_can_use_bankid_login: boolean
  readonly non_customers_can_use_hotp_login: boolean
  readonly custom_id: string | null
  readonly require_mfa_for_non_customers: boolean
  /** Null: the account-wide fallback. */
  readonly organization: { readonly id: string } | null
  readonly approved_non_customer_hotp_email_domains: readonly string[] | null
}

/** What a body may set; the fields of `SETTLED` and no others. */
export type ConfigurationInput = Partial<Omit<SecurityConfiguration, 'id' | 'created_at'>>

/** In the scope of an organization: at most one configuration names it, and at most one is the fallback. */
export const CONFIGURATIONS: Collection<SecurityConfiguration> = {
  name: 'pigelloConfigurations',
  id: (c) => c.id,
  indexes: [],
  unique: { organization: (c) => c.organization?.id ?? 'account-wide' },
}

/** No default is published: methods are off, nothing is demanded, until somebody says otherwise. */
export const SETTLED: Omit<SecurityConfiguration, 'id' | 'created_at'> = {
  customers_can_use_bankid_login: false,
  require_mfa_for_customers: false,
  customers_can_use_hotp_login: false,
  password_expiration_days: null,
  non_customers_can_use_bankid_login: false,
  non_customers_can_use_hotp_login: false,
  custom_id: null,
  require_mfa_for_non_customers: false,
  organization: null,
  approved_non_customer_hotp_email_domains: null,
}
