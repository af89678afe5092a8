import { User } from '../../config/kinds/user.ts'
import { fromWire, type Wire } from '../../config/wire.ts'
import type { Deps } from '../deps.ts'
import { activationOf } from '../directory/activations.ts'
import { authenticatorOf } from '../directory/authenticators.ts'
import { identitiesOf } from '../directory/identities.ts'
import { methodsOf } from '../directory/login-secrets.ts'
import type { LocalMethod, Method } from '../directory/methods.ts'
import { passkeysOf } from '../directory/passkeys.ts'
import { passwordSetAt } from '../directory/passwords.ts'
import { phoneOf } from '../directory/phones.ts'
import { pushBrowsersOf } from '../directory/push-browsers.ts'
import type { BlockConfig, Tenant } from '../directory/tenants.ts'
import type { StoredUser } from '../directory/users.ts'
import type { Store } from '../store/store.ts'
import { values } from './decision.ts'
import type { PolicyInputs } from './inputs.ts'
import { methodOf } from './login-methods.ts'
import { mfaDocuments } from './mfa.ts'
import { type EffectivePolicy, policyOnDemand } from './policy.ts'
import { type MethodSettings, methodsWithProposed, type ProposedDocument, withProposed } from './proposed.ts'
import { type LoginPlace, type LoginSettings, readLoginSettings, settingsWithin } from './settings.ts'

/** Whose login it is, as far as is known. */
export interface Occasion extends LoginPlace {
  readonly user?: StoredUser | undefined
}

type Documents = PolicyInputs['documents']

/** The policy of a login, from the settings as they are now. */
export async function loginPolicyOf(deps: Pick<Deps, 'store'>, occasion: Occasion): Promise<EffectivePolicy> {
  return policyOnDemand(await loadInputs(deps, occasion))
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

/** Reads the settings that bear on a login. `renames`: see `renamesIn`. */
export async function loadInputs(
  deps: Pick<Deps, 'store'>,
  { user, ...place }: Occasion,
  renames: readonly ProposedDocument[] = [],
): Promise<PolicyInputs> {
  return inputsFor(deps, await readLoginSettings(deps, place), user, renames)
}

/** The settings as they would be with a proposal applied; a tenant that is not there is one of its documents. */
export async function loadProposed(
  deps: Pick<Deps, 'store'>,
  { user, ...place }: Partial<Occasion>,
  { organization, documents }: ProposedSettings,
): Promise<PolicyInputs> {
  return inputsFor(deps, await settingsWithin(deps, place, organization), user, documents)
}

/** The policy of a login as long as nobody has said who they are. */
export const policyForAnybody = (settings: LoginSettings): EffectivePolicy =>
  policyOnDemand({ documents: documentsOf(settings), federated: specsOf(settings.methods), enrolled: [] })

/** What settings that were read before make of a login, with what the user can show now. */
export async function inputsFor(
  deps: Pick<Deps, 'store'>,
  settings: LoginSettings,
  user: StoredUser | undefined,
  proposed: readonly ProposedDocument[] = [],
): Promise<PolicyInputs> {
  const documents = withProposed(documentsOf(settings, user), proposed, user)
  const methods = methodsWithProposed(settings.methods, proposed)
  const federated = specsOf(methods)
  if (user === undefined) return { documents, federated, enrolled: [] }
  const connected = await connectedMethods(deps.store, methods, user)
  const enrolled = [...(await enrolledMethods(deps, documents, user)), ...connected.map(methodOf)]
  const activation = await activationOf(deps.store, user)
  const activated = activation === 'done' || connected.some((spec) => spec.autoActivationEnabled === true)
  return { documents, federated, enrolled, activated, awaitsActivation: activation === 'waits' }
}

const documentsOf = ({ organization, documents }: LoginSettings, user?: StoredUser): Documents => ({
  ...documents,
  ...(organization === undefined ? {} : mfaDocuments(organization.navixy, user)),
  ...(user === undefined ? {} : { User: fromWire(User.spec, { ...user }) }),
})

const specsOf = (methods: readonly MethodSettings[]) => methods.map(({ spec }) => spec)

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
