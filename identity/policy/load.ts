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
import { User } from '../../config/kinds/user.ts'
import { fromWire, type Wire } from '../../config/wire.ts'
import type { Deps } from '../deps.ts'
import { CLIENTS } from '../directory/clients.ts'
import { methodsOf } from '../directory/login-secrets.ts'
import type { Method } from '../directory/methods.ts'
import { ORGANIZATIONS, type Organization, scopeOf } from '../directory/organizations.ts'
import { passkeysOf } from '../directory/passkeys.ts'
import { passwordSetAt } from '../directory/passwords.ts'
import { organizationOf } from '../directory/tenant-organizations.ts'
import { type BlockConfig, shownTenant, type Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import { CIM, type CimState } from '../settings/cim/state.ts'
import { NAVIXY } from '../settings/navixy/settings.ts'
import { CONFIGURATIONS } from '../settings/pigello/configurations.ts'
import { SAILPOINT } from '../settings/sailpoint/settings.ts'
import { readSettings } from '../settings/store.ts'
import { GLOBAL } from '../store/store.ts'
import { values } from './decision.ts'
import type { PolicyInputs } from './inputs.ts'
import { mfaDocuments } from './mfa.ts'
import { type EffectivePolicy, effectivePolicy } from './policy.ts'

/** Whose login it is, as far as is known. */
export interface Occasion {
  readonly tenant: Tenant
  readonly clientId?: string | undefined
  readonly user?: StoredUser | undefined
}

type Documents = PolicyInputs['documents']

/** The policy of a login, from the settings as they are now. */
export async function loginPolicyOf(deps: Pick<Deps, 'store'>, occasion: Occasion): Promise<EffectivePolicy> {
  return effectivePolicy(await loadInputs(deps, occasion))
}

/** When guesses are stopped, the same for everything at a tenant that takes guesses. */
export async function lockoutOf(deps: Pick<Deps, 'store'>, tenant: Tenant): Promise<BlockConfig> {
  return values((await loginPolicyOf(deps, { tenant })).lockout)
}

/** Reads the settings that bear on a login. A tenant without an organization has its own only. */
export async function loadInputs(
  deps: Pick<Deps, 'store'>,
  { tenant, clientId, user }: Occasion,
): Promise<PolicyInputs> {
  const client = clientId === undefined ? undefined : await deps.store.get(CLIENTS, tenant.tenant_id, clientId)
  const organization = await organizationOfTenant(deps, tenant.tenant_id)
  const documents: Documents = {
    ...(organization === undefined ? {} : await vendorDocuments(deps, organization, user)),
    Tenant: fromWire(TenantKind.spec, shownTenant(tenant)),
    ...(client === undefined ? {} : { Client: fromWire(Client.spec, { ...client }) }),
    ...(user === undefined ? {} : { User: fromWire(User.spec, { ...user }) }),
  }
  return { documents, enrolled: user === undefined ? [] : await enrolledMethods(deps, tenant, user) }
}

async function organizationOfTenant(
  { store }: Pick<Deps, 'store'>,
  tenantId: string,
): Promise<Organization | undefined> {
  const id = await organizationOf(store, tenantId)
  return id === undefined ? undefined : store.get(ORGANIZATIONS, GLOBAL, id)
}

/** What the user can show today. Codes go to verified addresses only. */
async function enrolledMethods(
  deps: Pick<Deps, 'store'>,
  { tenant_id }: Tenant,
  user: StoredUser,
): Promise<readonly Method[]> {
  const steps = await methodsOf(deps, tenant_id, user.user_id)
  const others: Readonly<Partial<Record<Method, boolean>>> = {
    password: (await passwordSetAt(deps, user)) !== undefined,
    passkey: (await passkeysOf(deps, tenant_id, user.user_id)).length > 0,
    otp: user.is_verified,
  }
  return [...steps, ...(Object.keys(others) as Method[]).filter((method) => others[method])]
}

/** As the vendor APIs serve them, so a system that nobody wrote to asks for its defaults: what is read there is what holds. */
async function vendorDocuments(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
  user?: StoredUser,
): Promise<Documents> {
  const [pigello, cim, sailpoint, navixy] = await Promise.all([
    securityConfiguration(deps, organization),
    readSettings(deps, organization, CIM),
    readSettings(deps, organization, SAILPOINT),
    readSettings(deps, organization, NAVIXY),
  ])
  return {
    ...(pigello === undefined ? {} : { SecurityConfiguration: pigello }),
    ...cimDocuments(cim),
    PasswordOrgConfig: fromWire(PasswordOrgConfig.spec, { ...sailpoint }),
    ...mfaDocuments(navixy, user),
  }
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
