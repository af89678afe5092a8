import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { hmacUnder } from '../crypto/derived-keys.ts'
import type { Deps } from '../deps.ts'
import { OIDC_SCOPES, ownScopesOf, provesSecret } from './clients.ts'
import type { KeyRing } from './keys.ts'

// The library is extended where it has no option: on the classes that it makes for each provider.

/** Secrets of clients are stored hashed; the library's own comparison expects them in clear. */
export function compareHashedSecrets(deps: Pick<Deps, 'masterKey'>, tenant: string, provider: Provider): void {
  provider.Client.prototype.compareClientSecret = function (this: InstanceType<Provider['Client']>, secret: string) {
    const { clientId, clientSecret } = this
    const client = { tenant_id: tenant, client_id: clientId, secret_hash: clientSecret ?? '' }
    return provesSecret(deps, client, secret)
  }
}

const SEPARATOR = '~'

/** Access tokens of users begin with their tenant, so that addresses without a tenant in them know whom to ask. */
export function nameTenantInTokens(tenant: string, provider: Provider): void {
  const model = provider.AccessToken.prototype as unknown as { generateTokenId(): string }
  const generate = model.generateTokenId
  model.generateTokenId = function () {
    return `${tenant}${SEPARATOR}${generate.call(this)}`
  }
}

/** The tenant that an access token names; nothing is proven by it. */
export function tenantOfToken(token: string): string | undefined {
  const end = token.indexOf(SEPARATOR)
  return end > 0 ? token.slice(0, end) : undefined
}

/**
 * The successor of a refresh token follows from it, so that whoever presents the same token at the same time gets the same one, and no branch of
 * the family is lost.
 */
export function shareSuccessor({ masterKey }: Pick<Deps, 'masterKey'>, tenant: string, provider: Provider): void {
  const model = provider.RefreshToken.prototype as unknown as { generateTokenId(): string }
  const generate = model.generateTokenId
  model.generateTokenId = function () {
    const rotated = Provider.ctx?.oidc?.entities.RotatedRefreshToken
    if (rotated === undefined) return generate.call(this)
    return hmacUnder(masterKey, `refresh successor ${tenant}`).update(rotated.jti).digest('base64url')
  }
}

/**
 * A refused form of a browser without cookies touches a session that was never stored, which the library then fails to store again.
 * It has no cookie, so nobody could come back to it: it is let go.
 */
export function forgetUnstoredSessions(provider: Provider): void {
  const model = provider.Session.prototype
  const persist = model.persist
  model.persist = async function (this: InstanceType<Provider['Session']>) {
    return this.exp === undefined ? '' : persist.call(this)
  }
}

/** A client's own scopes count like those of OpenID Connect; scopes that it may not have are dropped (RFC 6749, section 3.3). */
export function acceptClientScopes(provider: Provider): void {
  Object.defineProperty(provider.OIDCContext.prototype, 'requestParamOIDCScopes', {
    get(this: KoaContextWithOIDC['oidc']) {
      const allowed = new Set<string>([...OIDC_SCOPES, ...ownScopesOf(this.client)])
      return new Set([...this.requestParamScopes].filter((scope) => allowed.has(scope)))
    },
  })
}

/**
 * Adds to discovery what is there when the first client asks for it (an RSA key, the answers to Entra), and to the JWKS the encryption key of the
 * zero-knowledge protocol, which is none of the library's.
 */
export function completeDocuments(ring: KeyRing): Parameters<Provider['use']>[0] {
  const encryption = ring.keys.filter((key) => key.alg === 'ECDH-ES').map((key) => key.publicJwk)
  const complete: Readonly<Record<string, (body: Record<string, unknown>) => void>> = {
    discovery: (body) => {
      body.id_token_signing_alg_values_supported = ['EdDSA', 'RS256']
      body.response_types_supported = ['code', 'id_token']
    },
    jwks: (body) => {
      body.keys = [...(body.keys as object[]), ...encryption]
    },
  }
  return async (ctx, next) => {
    await next()
    const route = (ctx as Partial<KoaContextWithOIDC>).oidc?.route ?? ''
    if (ctx.status === 200) complete[route]?.(ctx.body as Record<string, unknown>)
  }
}
