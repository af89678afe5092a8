import { AsyncLocalStorage } from 'node:async_hooks'
import type { JWTPayload } from 'jose'
import type { Provider } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { succeeds } from '../platform/succeeds.ts'
import type { Collection } from '../store/store.ts'
import { artifactHash } from './artifacts.ts'

/** A client credentials token that was taken back before its time. */
interface Revoked {
  /** Keyed hash of its `jti`. */
  readonly id: string
}
const REVOKED: Collection<Revoked> = { name: 'oidcRevokedTokens', id: (r) => r.id, indexes: [] }

/** What a client credentials token (RFC 9068) says. */
export interface MachineToken extends JWTPayload {
  readonly tenant: string
  readonly jti: string
  readonly client_id: string
  readonly scope?: string
  readonly cnf?: { readonly jkt?: string }
}

export const isRevoked = async (
  deps: Pick<Deps, 'store' | 'masterKey'>,
  { tenant, jti }: MachineToken,
): Promise<boolean> => (await deps.store.get(REVOKED, tenant, artifactHash(deps, jti))) !== undefined

/** The verified token that the current request asks about. */
export const presented = new AsyncLocalStorage<MachineToken>()

/** Lets the library find and take back the token that the current request asks about (RFC 7662, RFC 7009). */
export function knowMachineTokens(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey'>,
  tenant: string,
  provider: Provider,
): void {
  const model = provider.ClientCredentials
  const find = async (value: string) => {
    const token = presented.getStore()
    if (token === undefined || token.jti !== value || token.tenant !== tenant) return undefined
    return new model(payloadOf(token) as never)
  }
  Object.assign(model, { find })
  model.prototype.destroy = async function (this: InstanceType<typeof model>) {
    const seconds = Math.max((this.exp ?? 0) - deps.now().getTime() / 1000, 1)
    await succeeds(deps.store.create(REVOKED, tenant, { id: artifactHash(deps, this.jti) }, seconds), 'CONFLICT')
  }
}

const payloadOf = ({ jti, client_id: clientId, scope, aud, iat, exp, cnf }: MachineToken) => ({
  jti,
  clientId,
  scope,
  aud,
  iat,
  exp,
  jkt: cnf?.jkt,
})
