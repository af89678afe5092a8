import type { Deps } from '../deps.ts'
import { ORGANIZATIONS, type Organization, scopeOf } from '../organizations/organizations.ts'
import { CONFIGURATIONS, type SecurityConfiguration } from '../settings/pigello/configurations.ts'
import { SAILPOINT } from '../settings/sailpoint/routes.ts'
import { readSettings } from '../settings/store.ts'
import { GLOBAL } from '../store/store.ts'
import { organizationOf } from '../vault/tenant-organizations.ts'
import type { Tenant } from '../vault/tenants.ts'
import type { StoredUser } from '../vault/users.ts'
import type { DigitFormat } from './digits.ts'

/** Length and life of a login code where the organization has not set any. */
const DEFAULT_FORMAT: DigitFormat = { digits: 6, minutes: 10 }

/** The form of numeric reset codes: SailPoint's digit token; `undefined` where the organization has not enabled it. */
export async function digitTokenOf(deps: Deps, tenantId: string): Promise<DigitFormat | undefined> {
  const organization = await organizationOfTenant(deps, tenantId)
  if (!organization) return undefined
  const config = await readSettings(deps, organization, SAILPOINT)
  if (!config.digitTokenEnabled) return undefined
  return { digits: config.digitTokenLength, minutes: config.digitTokenDurationMinutes }
}

export async function organizationOfTenant({ store }: Deps, tenantId: string): Promise<Organization | undefined> {
  const id = await organizationOf(store, tenantId)
  return id === undefined ? undefined : store.get(ORGANIZATIONS, GLOBAL, id)
}

/** What a tenant says about mailed codes as a way to sign in. */
export interface CodePolicy {
  readonly offered: boolean
  readonly format: DigitFormat
}

/**
 * A tenant takes mailed codes when it belongs to an organization whose Pigello configuration allows them for both groups of people.
 * Their form is SailPoint's digit token where the organization has enabled it.
 */
export async function codePolicyOf(deps: Deps, { tenant_id }: Tenant): Promise<CodePolicy> {
  const configuration = await configurationOf(deps, tenant_id)
  const offered = configuration?.customers_can_use_hotp_login === true && configuration.non_customers_can_use_hotp_login
  return { offered, format: (await digitTokenOf(deps, tenant_id)) ?? DEFAULT_FORMAT }
}

/** Whether codes may go to the address of a user: its domain is one of the approved ones, where there is such a list. */
export async function takesCodes(deps: Deps, tenantId: string, { email }: StoredUser): Promise<boolean> {
  const domains = (await configurationOf(deps, tenantId))?.approved_non_customer_hotp_email_domains ?? null
  const own = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  return domains === null || domains.some((domain) => domain.toLowerCase() === own)
}

async function configurationOf(deps: Deps, tenantId: string): Promise<SecurityConfiguration | undefined> {
  const id = await organizationOf(deps.store, tenantId)
  if (id === undefined) return undefined
  const { items } = await deps.store.find(CONFIGURATIONS, scopeOf(id), { limit: 2 })
  return items.find((c) => c.organization !== null) ?? items[0]
}
