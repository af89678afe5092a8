import { CimAttributes } from '../../config/kinds/cim-attributes.ts'
import { CimFeatures } from '../../config/kinds/cim-features.ts'
import { CimLoginMethod } from '../../config/kinds/cim-login-method.ts'
import { CimMobileLogin } from '../../config/kinds/cim-mobile-login.ts'
import { CimPasswordPolicy } from '../../config/kinds/cim-password-policy.ts'
import { CimStepUp } from '../../config/kinds/cim-step-up.ts'
import { CimUiExtension } from '../../config/kinds/cim-ui-extension.ts'
import { Client } from '../../config/kinds/client.ts'
import { PasswordOrgConfig } from '../../config/kinds/password-org-config.ts'
import { SecurityConfiguration } from '../../config/kinds/security-configuration.ts'
import { Tenant as TenantKind } from '../../config/kinds/tenant.ts'
import { fromWire, type Wire } from '../../config/wire.ts'
import type { Deps } from '../deps.ts'
import { CLIENTS, type StoredClient } from '../directory/clients.ts'
import { ORGANIZATIONS, type Organization, scopeOf } from '../directory/organizations.ts'
import { organizationOf } from '../directory/tenant-organizations.ts'
import { shownTenant, type Tenant } from '../directory/tenants.ts'
import { CIM, type CimState } from '../settings/cim/state.ts'
import { NAVIXY, type NavixySettings } from '../settings/navixy/settings.ts'
import { CONFIGURATIONS } from '../settings/pigello/configurations.ts'
import { SAILPOINT } from '../settings/sailpoint/settings.ts'
import { readSettings } from '../settings/store.ts'
import { GLOBAL } from '../store/store.ts'
import type { PolicyInputs } from './inputs.ts'
import { isFederatedType } from './login-methods.ts'
import type { StoredMethod } from './proposed.ts'

type Documents = PolicyInputs['documents']

/** Where a login is, as far as is known. */
export interface LoginPlace {
  readonly tenant: Tenant
  readonly clientId?: string | undefined
}

/** What an organization has set. */
interface OrganizationSettings {
  readonly id: string
  readonly cim: CimState
  readonly navixy: NavixySettings
}

/**
 * The settings that bear on the logins of a place, as they are at one moment. Within a request they are read once and handed on; the next
 * one reads them again, so that what another replica has changed counts.
 */
export interface LoginSettings {
  readonly client: StoredClient | undefined
  /** Absent: the tenant has its own settings only. */
  readonly organization: OrganizationSettings | undefined
  /** What is the same whoever the user is. */
  readonly documents: Documents
  /** Login methods at other providers, those that are switched off as well. */
  readonly methods: readonly StoredMethod[]
}

/** Reads the settings as they are now. A tenant without an organization has its own only. */
export async function readLoginSettings(deps: Pick<Deps, 'store'>, place: LoginPlace): Promise<LoginSettings> {
  return settingsWithin(deps, place, await organizationOf(deps.store, place.tenant.tenant_id))
}

/** The same of the organization of an id, whichever the tenant belongs to; a tenant that is not there says nothing. */
export async function settingsWithin(
  { store }: Pick<Deps, 'store'>,
  { tenant, clientId }: Partial<LoginPlace>,
  id: string | undefined,
): Promise<LoginSettings> {
  const client = tenant && clientId !== undefined ? await store.get(CLIENTS, tenant.tenant_id, clientId) : undefined
  const found = id === undefined ? undefined : await store.get(ORGANIZATIONS, GLOBAL, id)
  const { documents, ...settings } = found ? await ofOrganization({ store }, found) : { ...WITHOUT, documents: {} }
  const own: Documents = {
    ...documents,
    // Of a new organization: whoever asks for one that is not there means one that only documents have.
    ...(found === undefined && id !== undefined ? freshDocuments() : {}),
    ...(tenant === undefined ? {} : { Tenant: fromWire(TenantKind.spec, shownTenant(tenant)) }),
    ...(client === undefined ? {} : { Client: fromWire(Client.spec, { ...client }) }),
  }
  return { client, ...settings, documents: own }
}

const WITHOUT = { organization: undefined, methods: [] } as const

/** As the vendor APIs serve them, so a system that nobody wrote to asks for its defaults: what is read there is what holds. */
async function ofOrganization(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
): Promise<Omit<LoginSettings, 'client'>> {
  const [cim, pigello, sailpoint, navixy] = await Promise.all([
    readSettings(deps, organization, CIM),
    securityConfiguration(deps, organization),
    readSettings(deps, organization, SAILPOINT),
    readSettings(deps, organization, NAVIXY),
  ])
  return {
    organization: { id: organization.organization_id, cim, navixy },
    documents: {
      ...(pigello === undefined ? {} : { SecurityConfiguration: pigello }),
      ...cimDocuments(cim),
      PasswordOrgConfig: fromWire(PasswordOrgConfig.spec, { ...sailpoint }),
    },
    methods: federatedMethods(cim),
  }
}

/** The login methods at other providers, those that are switched off as well, in the order of the settings. */
export function federatedMethods({ login_methods }: CimState): readonly StoredMethod[] {
  const all = login_methods.login_methods.map((method) => ({
    id: method.id,
    spec: fromWire(CimLoginMethod.spec, method),
  }))
  return all.filter(({ spec }) => isFederatedType(spec))
}

/** What bears on logins in a fresh organization, before anybody wrote a setting. */
export const freshDocuments = (): Documents => ({
  ...cimDocuments(CIM.fresh()),
  PasswordOrgConfig: fromWire(PasswordOrgConfig.spec, { ...SAILPOINT.fresh() }),
})

/** The organization's own configuration, else the fallback of the account (notes, "Shape and update semantics"). */
async function securityConfiguration(
  { store }: Pick<Deps, 'store'>,
  { organization_id }: Organization,
): Promise<Wire | undefined> {
  const { items } = await store.find(CONFIGURATIONS, scopeOf(organization_id), { limit: 2 })
  const found = items.find((c) => c.organization !== null) ?? items[0]
  return found && fromWire(SecurityConfiguration.spec, { ...found })
}

function cimDocuments(state: CimState): Documents {
  const { login_methods, mobile_login } = state.login_methods
  const password = login_methods.find((method) => method.type === 'USERNAME_AND_PASSWORD')
  return {
    CimFeatures: fromWire(CimFeatures.spec, state.features),
    CimAttributes: fromWire(CimAttributes.spec, { ...state.attributes, profile: state.profile }),
    CimStepUp: fromWire(CimStepUp.spec, state.step_up),
    CimPasswordPolicy: fromWire(CimPasswordPolicy.spec, state.password_policy),
    CimUiExtension: fromWire(CimUiExtension.spec, state.ui_extension),
    CimMobileLogin: fromWire(CimMobileLogin.spec, (mobile_login ?? {}) as Wire),
    ...(password === undefined ? {} : { CimLoginMethod: fromWire(CimLoginMethod.spec, password) }),
  }
}
