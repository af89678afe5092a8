import { createHash, randomUUID } from 'node:crypto'
import type { JSONWebKeySet } from 'jose'
import { seal } from '../identity/crypto/seal.ts'
import { AUTHENTICATORS } from '../identity/directory/authenticators.ts'
import { connectIdentity } from '../identity/directory/identities.ts'
import { putSecret } from '../identity/directory/login-secrets.ts'
import { isFederated, type Method } from '../identity/directory/methods.ts'
import { putHash } from '../identity/directory/passwords.ts'
import { PHONES } from '../identity/directory/phones.ts'
import { PUSH_BROWSERS, pushPurpose } from '../identity/directory/push-browsers.ts'
import { requireTenant, type Tenant } from '../identity/directory/tenants.ts'
import { newUser, type StoredUser, USERS } from '../identity/directory/users.ts'
import { newTotpSecret } from '../identity/factors/totp/code.ts'
import { authenticatorPurpose } from '../identity/factors/totp/enrolment.ts'
import { registerOwn } from '../identity/factors/webauthn/own-passkeys.ts'
import { beginRegistration } from '../identity/factors/webauthn/registration.ts'
import { federatedLogins, networksOf } from '../identity/federation/methods.ts'
import { proofDeps } from '../identity/login/proof-deps.ts'
import { encryptionKeysOf, signingKeyOf } from '../identity/oidc/keys.ts'
import { argon2id } from '../identity/proof/argon2-node.ts'
import { ProofClient, webTools } from '../identity/proof/client.ts'
import { register } from '../identity/proof/enrolment.ts'
import type { LoginSecret, Steps } from '../identity/proof/secret-bytes.ts'
import { PROTOCOL } from '../identity/proof/transcript.ts'
import type { Service } from '../identity/service.ts'
import type { Enrolled, People } from '../review/people.ts'
import { type CreationOptions, SoftwareAuthenticator } from '../signin/authenticator.ts'
import { browserName } from './push.ts'
import type { ShadowService } from './service.ts'

/** Somebody of a tenant, with one way to sign in. */
export interface Person {
  readonly tenant: string
  readonly people: People
  readonly enrolled: Enrolled
  readonly username: string
  /** What is entered, for who has a PIN or a pattern. */
  readonly secret: LoginSecret
  /** Theirs, empty until a passkey is set up on it. */
  readonly authenticator: SoftwareAuthenticator
  /** Of their telephone, for who has one. */
  readonly number: string
  /** Of their authenticator app, in base32, for who has one. */
  readonly appSecret: string
  /** How they sign in on a device that approves logins. */
  readonly ownMethod?: Method
  /** Where they come from, if a login method takes people from some networks only. */
  readonly from?: string
  /** Id of the login method that they come by, which stays when it gets another name. */
  readonly loginId?: string
}

/** The service never derives: nobody has to pay for the cost that keeps guessers away. */
export const CHEAP_PROOF = webTools((input) => argon2id({ ...input, kdf: { ...input.kdf, m: 32, t: 1 } }))

type Deps = Service['deps']

/** Puts somebody with a verified address and what they have set up into the store. */
export async function addPerson(
  shadow: ShadowService,
  tenantId: string,
  people: People,
  enrolled: Enrolled,
  username: string,
): Promise<Person> {
  const { deps } = shadow.service
  const tenant = await requireTenant(deps, tenantId)
  const user = await created(deps, tenantId, username, people)
  const steps = stepsFor(tenant, enrolled.methods)
  const secret = secretFor(steps)
  if (Object.keys(steps).length > 0) await enrol(deps, tenant, user, steps, secret)
  if (enrolled.methods.includes('password')) await putHash(deps, user, await shadow.passwordHash())
  const authenticator = new SoftwareAuthenticator(shadow.url)
  if (enrolled.methods.includes('passkey')) {
    const options = await beginRegistration(deps, tenant, user.user_id)
    await registerOwn(deps, tenant, user.user_id, authenticator.create(options as unknown as CreationOptions))
  }
  const [number, appSecret] = [numberOf(username), newTotpSecret()]
  if (enrolled.methods.includes('sms')) await putPhone(deps, user, number)
  if (enrolled.methods.includes('totp')) await putApp(deps, user, appSecret)
  if (enrolled.methods.includes('push')) await putBrowser(shadow, user)
  const elsewhere = isFederated(enrolled.first) ? await connect(shadow, user, enrolled.first) : {}
  return { tenant: tenantId, people, enrolled, username, secret, authenticator, number, appSecret, ...elsewhere }
}

/** Nothing is ever sent there: the service keeps its messages. */
const numberOf = (username: string): string =>
  `+4670${String(createHash('sha256').update(username).digest().readUInt32BE() % 10_000_000).padStart(7, '0')}`

const belonging = ({ user_id, created_at }: StoredUser) => ({ user_id, user_created_at: created_at })

async function putPhone(deps: Deps, user: StoredUser, number: string): Promise<void> {
  const phone = { ...belonging(user), number, confirmed_at: deps.now().toISOString() }
  await deps.store.create(PHONES, user.tenant_id, phone)
}

/** As if they had signed in by that method before. */
async function connect(
  { service: { deps }, providers }: ShadowService,
  user: StoredUser,
  method: Method,
): Promise<Pick<Person, 'from' | 'loginId'>> {
  const login = (await federatedLogins(deps, user.tenant_id)).find((one) => one.method === method)
  if (login === undefined) return {}
  const account = await providers.know(login, user.username)
  if (account !== undefined)
    await connectIdentity(deps.store, user, { method_id: login.id, ...account }, user.username, deps.now())
  const from = networksOf(login)?.[0]?.split('/')[0]
  return { loginId: login.id, ...(from === undefined ? {} : { from }) }
}

async function putApp(deps: Deps, user: StoredUser, secret: string): Promise<void> {
  const sealed = seal(deps.masterKey, authenticatorPurpose(user), secret)
  const app = { ...belonging(user), sealed, last_step: 0, recovery: [], created_at: deps.now().toISOString() }
  await deps.store.create(AUTHENTICATORS, user.tenant_id, app)
}

async function putBrowser({ service: { deps }, providers }: ShadowService, user: StoredUser): Promise<void> {
  const { tenant_id: tenant, username } = user
  const id = randomUUID()
  const device = providers.push.subscribe(browserName({ tenant, username }))
  const sealed = seal(deps.masterKey, pushPurpose(tenant, id), JSON.stringify(device))
  const browser = { id, ...belonging(user), name: '', sealed, created_at: deps.now().toISOString() }
  await deps.store.create(PUSH_BROWSERS, tenant, browser)
}

async function created(deps: Deps, tenant_id: string, username: string, { roles }: People): Promise<StoredUser> {
  const email = `${username}@shadow.example`
  const input = { user_id: username, username, email, tenant_id, is_disabled: false, is_verified: true, roles }
  const user = newUser(input, deps.now().toISOString())
  await deps.store.create(USERS, tenant_id, user)
  return user
}

const stepsFor = ({ pin_size, patter_size }: Tenant, methods: readonly Method[]): Steps => ({
  ...(methods.includes('pin') ? { pin: pin_size } : {}),
  ...(methods.includes('pattern') ? { pattern: patter_size } : {}),
})

export const secretFor = ({ pin, pattern }: Steps): LoginSecret => ({
  ...(pin === undefined ? {} : { pin: '8204615937'.repeat(4).slice(0, pin) }),
  ...(pattern === undefined ? {} : { pattern: [0, 1, 2, pattern + 2, 2 * pattern + 2] }),
})

/** What a tenant publishes to seal with. */
export async function publicKeysOf(deps: Deps, tenantId: string): Promise<JSONWebKeySet> {
  const keys = [await signingKeyOf(deps, tenantId), ...(await encryptionKeysOf(deps, tenantId))]
  return { keys: keys.map((key) => key.publicJwk) }
}

/** The secret as a sign-up stores it, for a person who made it while the tenant took just this. */
async function enrol(deps: Deps, tenant: Tenant, user: StoredUser, steps: Steps, secret: LoginSecret): Promise<void> {
  const { tenant_id: tenantId } = tenant
  const { user_id: userId, username } = user
  const client = new ProofClient(CHEAP_PROOF, { tenantId, jwks: await publicKeysOf(deps, tenantId) })
  const handle = randomUUID()
  const { encrypted_commitment: encryptedCommitment } = await client.commitment(username, steps, secret, {
    purpose: 'register',
    handle,
  })
  const proof = proofDeps(deps)
  const asThen = { ...proof, tenant: async (id: string) => ({ ...(await proof.tenant(id)), steps }) }
  const request = {
    tenantId,
    userId,
    username,
    handle,
    encryptedCommitment,
    protoVersion: PROTOCOL as 'sv-schnorr-r255-1',
  }
  const has = { use_pin: steps.pin !== undefined, use_pattern: steps.pattern !== undefined }
  await putSecret(deps, { ...tenant, ...has }, user, await register(asThen, request))
}
