import { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { deriveKey } from '../crypto/derived-keys.ts'
import type { Deps } from '../deps.ts'
import { MULTI_FACTOR, SINGLE_FACTOR } from '../directory/methods.ts'
import { STEP_UP_ACR } from '../policy/assurance.ts'
import { accountOf, CLAIMS_BY_SCOPE } from './account.ts'
import { ArtifactAdapter, endSession, type Model } from './artifacts.ts'
import { cacheDocuments, challengeClients } from './caching.ts'
import { ClientAdapter, OIDC_SCOPES, ownScopesOf } from './clients.ts'
import { paceDevices } from './device-pace.ts'
import {
  acceptClientScopes,
  compareHashedSecrets,
  completeDocuments,
  forgetUnstoredSessions,
  nameTenantInTokens,
  shareSuccessor,
} from './extensions.ts'
import { issuerOf, mountOf } from './issuer.ts'
import type { KeyRing } from './keys.ts'
import { LIFETIMES } from './lifetimes.ts'
import { queueLogoutNotices, type SendNotice } from './logout-notices.ts'
import { libraryPages } from './pages.ts'
import { beginLogin } from './pending-login.ts'
import { knowMachineTokens } from './presented-token.ts'
import { assuranceCheck, tellSatisfiedAcr } from './step-up.ts'

const ALGORITHMS = ['EdDSA', 'RS256'] as const
const DEVICE_ROUTES: ReadonlySet<string> = new Set(['code_verification', 'device_resume'])

/** What the providers of tenants use of a service. */
export type ProviderParts = Pick<
  Deps,
  'store' | 'now' | 'masterKey' | 'publicUrl' | 'metrics' | 'outsideFetch' | 'jobBell'
>

/** A provider for one tenant: `oidc-provider` over our store, clients, users and keys. */
export function buildProvider(
  deps: ProviderParts,
  tenant: string,
  ring: KeyRing,
): { provider: Provider; sendNotice: SendNotice } {
  const provider = new Provider(issuerOf(deps, tenant), configurationOf(deps, tenant, ring))
  // Our virtual requests carry the public origin in the headers of a proxy.
  provider.proxy = true
  compareHashedSecrets(deps, tenant, provider)
  nameTenantInTokens(tenant, provider)
  shareSuccessor(deps, tenant, provider)
  knowMachineTokens(deps, tenant, provider)
  acceptClientScopes(provider)
  tellSatisfiedAcr(provider)
  forgetUnstoredSessions(provider)
  const sendNotice = queueLogoutNotices(deps, tenant, provider)
  paceDevices(deps, tenant, provider)
  provider.use(challengeClients)
  provider.use(cacheDocuments)
  provider.use(completeDocuments(ring))
  return { provider, sendNotice }
}

function configurationOf(deps: ProviderParts, tenant: string, ring: KeyRing): Configuration {
  const signing = ring.keys.filter((key) => key.alg !== 'ECDH-ES').map((key) => key.privateJwk)
  return {
    jwks: { keys: signing as NonNullable<Configuration['jwks']>['keys'] },
    adapter: (model) =>
      model === 'Client' ? new ClientAdapter(deps, tenant) : new ArtifactAdapter(deps, tenant, model as Model),
    findAccount: (_ctx, userId) => accountOf(deps, tenant, userId),
    interactions: {
      url: (ctx, interaction) => beginLogin(deps, tenant, ctx, interaction),
      policy: loginPolicy(deps, tenant),
    },
    loadExistingGrant: grantOf,
    cookies: cookiesOf(deps, tenant),
    features: featuresOf(deps, tenant),
    // The library calls the logout addresses of clients, and nothing else.
    fetch: (input, init) => deps.outsideFetch(String(input), init),
    renderError: libraryPages(deps, tenant).error,
    revokeGrantPolicy: (ctx) => endReusedSession(deps, tenant, ctx),
    ...PROTOCOL,
  }
}

/**
 * The library's rules for when to ask for a login, and two more: a session of an account that was disabled or deleted counts for nothing,
 * and one that satisfies no `acr` that the client asks for is not enough.
 */
function loginPolicy(deps: Pick<Deps, 'store'>, tenant: string) {
  const policy = interactionPolicy.base()
  const { Check, Prompt } = interactionPolicy
  // Who has to choose an account signs in, which can be as anybody.
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 0)
  const gone = (ctx: KoaContextWithOIDC) => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined
  policy.get('login')?.checks.add(new Check('account_gone', 'the account of the session cannot be used', gone))
  policy.get('login')?.checks.add(assuranceCheck(deps, tenant))
  return policy
}

/** What is the same for all tenants. */
const PROTOCOL = {
  routes: {
    authorization: '/authorize',
    token: '/token',
    userinfo: '/userinfo',
    jwks: '/jwks',
    revocation: '/revoke',
    introspection: '/introspect',
    end_session: '/logout',
    device_authorization: '/device_authorization',
    code_verification: '/device',
    pushed_authorization_request: '/par',
  },
  scopes: [...OIDC_SCOPES],
  claims: Object.fromEntries(Object.entries(CLAIMS_BY_SCOPE).map(([scope, names]) => [scope, [...names]])),
  acrValues: [SINGLE_FACTOR, MULTI_FACTOR, STEP_UP_ACR],
  responseTypes: ['code'],
  clientAuthMethods: ['client_secret_post', 'client_secret_basic', 'none'],
  extraClientMetadata: { properties: ['allowed_scopes'] },
  clientDefaults: { id_token_signed_response_alg: 'EdDSA', grant_types: [], response_types: [] },
  enabledJWA: {
    idTokenSigningAlgValues: [...ALGORITHMS],
    dPoPSigningAlgValues: ['ES256', 'EdDSA', 'RS256', 'PS256'],
  },
  ttl: {
    ...LIFETIMES,
    // Nobody has signed in yet: it holds the state of a form.
    Session: (_ctx, session) => (session.accountId === undefined ? LIFETIMES.Interaction : LIFETIMES.Session),
    // A family ends when its first token would have.
    RefreshToken: (ctx) => ctx?.oidc?.entities.RotatedRefreshToken?.remainingTTL ?? LIFETIMES.RefreshToken,
  },
  rotateRefreshToken: true,
  // A logout ends the tokens too (notes 5.12); a device lives apart from the browser that connected it.
  expiresWithSession: (ctx) => !DEVICE_ROUTES.has(ctx.oidc.route),
  clientBasedCORS: (_ctx, origin, client) =>
    client.tokenEndpointAuthMethod === 'none' &&
    (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
} satisfies Partial<Configuration>

/** Paths below the mount of a tenant that the provider answers. */
export const ENDPOINTS: ReadonlySet<string> = new Set([
  '.well-known/openid-configuration',
  ...Object.values(PROTOCOL.routes).map((path) => path.slice(1)),
])

const featuresOf = (
  deps: Pick<Deps, 'store' | 'publicUrl'>,
  tenant: string,
  pages = libraryPages(deps, tenant),
): Configuration['features'] => ({
  devInteractions: { enabled: false },
  clientCredentials: { enabled: true },
  pushedAuthorizationRequests: { enabled: true },
  dPoP: { enabled: true },
  introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => ownOrConfidential(client, token) },
  revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
  backchannelLogout: { enabled: true },
  rpInitiatedLogout: { enabled: true, logoutSource: pages.logout, postLogoutSuccessSource: pages.signedOut },
  deviceFlow: {
    enabled: true,
    deviceInfo: () => ({}),
    userCodeInputSource: pages.deviceCode,
    userCodeConfirmSource: (ctx, form, client, _info, code) => pages.deviceConfirm(ctx, form, client, code),
    successSource: pages.deviceDone,
  },
  resourceIndicators: resourcesOf(issuerOf(deps, tenant)),
})

/** Resource servers are confidential clients: they may ask about any token of the tenant, apps about their own. */
const ownOrConfidential = (
  client: { readonly clientId: string; readonly tokenEndpointAuthMethod?: string | undefined },
  token: { readonly clientId?: string | undefined },
): boolean => client.tokenEndpointAuthMethod !== 'none' || token.clientId === client.clientId

type Resources = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/** Client credentials give a stateless JWT (RFC 9068) for the tenant's services, of which the issuer is the audience. */
function resourcesOf(issuer: string): Resources {
  const isMachine = (ctx: KoaContextWithOIDC) => ctx.oidc.params?.grant_type === 'client_credentials'
  return {
    enabled: true,
    defaultResource: (ctx) => (isMachine(ctx) ? issuer : []),
    getResourceServerInfo: (ctx, resource, client) => {
      if (!isMachine(ctx) || resource !== issuer) throw new errors.InvalidTarget()
      refuseForeignScopes(ctx)
      const alg = client.idTokenSignedResponseAlg as (typeof ALGORITHMS)[number]
      return {
        scope: ownScopesOf(client).join(' '),
        audience: issuer,
        accessTokenFormat: 'jwt',
        accessTokenTTL: LIFETIMES.ClientCredentials,
        jwt: { sign: { alg } },
      }
    },
  }
}

/** A program gets the scopes that it asks for, or none (RFC 6749, section 5.2). */
function refuseForeignScopes({ oidc }: KoaContextWithOIDC): void {
  const own = ['', ...ownScopesOf(oidc.client)]
  const foreign = [...oidc.requestParamScopes].find((scope) => !own.includes(scope))
  if (foreign !== undefined) throw new errors.InvalidScope('the client may not have this scope', foreign)
}

/** Paths keep the cookies of a tenant away from every other one. */
function cookiesOf({ masterKey }: Pick<Deps, 'masterKey'>, tenant: string): Configuration['cookies'] {
  const common = { httpOnly: true, sameSite: 'lax', signed: true, overwrite: true } as const
  return {
    keys: [Buffer.from(deriveKey(masterKey, `oidc cookies ${tenant}`)).toString('base64url')],
    names: { session: 'plumbline_session', interaction: 'plumbline_interaction', resume: 'plumbline_resume' },
    // The account page of the tenant lies beside its provider.
    long: { ...common, path: `/${tenant}` },
    short: { ...common, path: mountOf(tenant) },
  }
}

/**
 * The client's registration is the consent: an administrator put it there, with the scopes that it may ask for. Where the client asks
 * for the person's own consent, the grant gets its scopes when the person has agreed.
 */
async function grantOf(ctx: KoaContextWithOIDC) {
  const { client, provider, session, account, requestParamOIDCScopes } = ctx.oidc
  if (!client || !session || !account) return undefined
  const { accountId } = account
  const known = session.grantIdFor(client.clientId)
  const found = known === undefined ? undefined : await provider.Grant.find(known)
  const grant = found?.accountId === accountId ? found : new provider.Grant({ accountId, clientId: client.clientId })
  if (!ctx.oidc.promptPending('consent')) grant.addOIDCScope([...requestParamOIDCScopes].join(' '))
  await grant.save()
  return grant
}

/** A refresh token that comes back a second time ends the session that it came from (notes 5.9). */
async function endReusedSession(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  tenant: string,
  ctx: KoaContextWithOIDC,
): Promise<boolean> {
  const { route, entities } = ctx.oidc
  const uid = entities.RefreshToken?.sessionUid
  if (route === 'token' && uid !== undefined) await endSession(deps, tenant, uid)
  return !(route === 'revocation' && entities.AccessToken !== undefined)
}
