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
import { activationOf } from '../directory/activations.ts'
import { authenticatorOf } from '../directory/authenticators.ts'
import { CLIENTS } from '../directory/clients.ts'
import { identitiesOf } from '../directory/identities.ts'
import { methodsOf } from '../directory/login-secrets.ts'
import type { LocalMethod, Method } from '../directory/methods.ts'
import { ORGANIZATIONS, type Organization, scopeOf } from '../directory/organizations.ts'
import { passkeysOf } from '../directory/passkeys.ts'
import { passwordSetAt } from '../directory/passwords.ts'
import { phoneOf } from '../directory/phones.ts'
import { pushBrowsersOf } from '../directory/push-browsers.ts'
import { organizationOf } from '../directory/tenant-organizations.ts'
import { type BlockConfig, shownTenant, type Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import { CIM, type CimState } from '../settings/cim/state.ts'
import { NAVIXY } from '../settings/navixy/settings.ts'
import { CONFIGURATIONS } from '../settings/pigello/configurations.ts'
import { SAILPOINT } from '../settings/sailpoint/settings.ts'
import { readSettings } from '../settings/store.ts'
import { GLOBAL, type Store } from '../store/store.ts'
import { values } from './decision.ts'
import type { PolicyInputs } from './inputs.ts'
import { isFederatedType, methodOf } from './login-methods.ts'
import { mfaDocuments } from './mfa.ts'
import { type EffectivePolicy, effectivePolicy } from './policy.ts'
import { type MethodSettings, methodsWithProposed, type ProposedDocument, withProposed } from './proposed.ts'

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

/** Documents that are taken as applied. */
export interface ProposedSettings {
  /** That the tenant belongs to then; it need not be there. */
  readonly organization?: string | undefined
  readonly documents: readonly ProposedDocument[]
}

/** Reads the settings that bear on a login. A tenant without an organization has its own only. `renames`: see `renamesIn`. */
export async function loadInputs(
  deps: Pick<Deps, 'store'>,
  occasion: Occasion,
  renames: readonly ProposedDocument[] = [],
): Promise<PolicyInputs> {
  const organization = await organizationOf(deps.store, occasion.tenant.tenant_id)
  return loadProposed(deps, occasion, { organization, documents: renames })
}

/** The settings as they would be with a proposal applied; a tenant that is not there is one of its documents. */
export async function loadProposed(
  deps: Pick<Deps, 'store'>,
  { tenant, clientId, user }: Partial<Occasion>,
  { organization: organizationId, documents: proposed }: ProposedSettings,
): Promise<PolicyInputs> {
  const client =
    tenant && clientId !== undefined ? await deps.store.get(CLIENTS, tenant.tenant_id, clientId) : undefined
  const organization =
    organizationId === undefined ? undefined : await deps.store.get(ORGANIZATIONS, GLOBAL, organizationId)
  const cim = organization && (await readSettings(deps, organization, CIM))
  const now: Documents = {
    ...(organization && cim ? await vendorDocuments(deps, organization, cim, user) : {}),
    // Of a new organization: whoever asks for one that is not there means one that only documents have.
    ...(organization === undefined && organizationId !== undefined ? freshDocuments() : {}),
    ...(tenant === undefined ? {} : { Tenant: fromWire(TenantKind.spec, shownTenant(tenant)) }),
    ...(client === undefined ? {} : { Client: fromWire(Client.spec, { ...client }) }),
    ...(user === undefined ? {} : { User: fromWire(User.spec, { ...user }) }),
  }
  const documents = withProposed(now, proposed, user)
  const methods = methodsWithProposed(cim === undefined ? [] : federatedMethods(cim), proposed)
  const federated = methods.map(({ spec }) => spec)
  if (user === undefined) return { documents, federated, enrolled: [] }
  const connected = await connectedMethods(deps.store, methods, user)
  const enrolled = [...(await enrolledMethods(deps, documents, user)), ...connected.map(methodOf)]
  const activation = await activationOf(deps.store, user)
  const activated = activation === 'done' || connected.some((spec) => spec.autoActivationEnabled === true)
  return { documents, federated, enrolled, activated, awaitsActivation: activation === 'waits' }
}

/** The login methods at other providers, those that are switched off as well, with their ids. */
function federatedMethods({ login_methods }: CimState): readonly MethodSettings[] {
  const all = login_methods.login_methods.map((method) => ({
    id: method.id,
    spec: fromWire(CimLoginMethod.spec, method),
  }))
  return all.filter(({ spec }) => isFederatedType(spec))
}

/** Those by which an account at the other provider is connected with the user. */
async function connectedMethods(
  store: Store,
  methods: readonly MethodSettings[],
  user: StoredUser,
): Promise<readonly Wire[]> {
  if (methods.length === 0) return []
  const connected = new Set((await identitiesOf(store, user)).map((identity) => identity.method_id))
  return methods.filter(({ id }) => id !== undefined && connected.has(id)).map(({ spec }) => spec)
}

/** What the user can show here today. Codes go to verified addresses only. */
async function enrolledMethods(
  deps: Pick<Deps, 'store'>,
  documents: Documents,
  user: StoredUser,
): Promise<readonly Method[]> {
  const { tenant_id } = user
  const steps = await methodsOf(deps, tenant_id, user.user_id)
  const others: Readonly<Partial<Record<LocalMethod, boolean>>> = {
    password: (await passwordSetAt(deps, user)) !== undefined,
    passkey: (await passkeysOf(deps, tenant_id, user.user_id)).length > 0,
    // Whoever delivers codes outside the service knows where the person lives.
    letter: documents.CimFeatures?.externallyDeliveredCodeEnabled === true,
    sms: (await phoneOf(deps.store, user)) !== undefined,
    totp: (await authenticatorOf(deps.store, user)) !== undefined,
    push: (await pushBrowsersOf(deps.store, user)).length > 0,
    otp: documents.User?.verified === true,
  }
  return [...steps, ...(Object.keys(others) as LocalMethod[]).filter((method) => others[method])]
}

/** As the vendor APIs serve them, so a system that nobody wrote to asks for its defaults: what is read there is what holds. */
async function vendorDocuments(
  deps: Pick<Deps, 'store'>,
  organization: Organization,
  cim: CimState,
  user?: StoredUser,
): Promise<Documents> {
  const [pigello, sailpoint, navixy] = await Promise.all([
    securityConfiguration(deps, organization),
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
