import { randomBytes } from 'node:crypto'
import { PlumblineError } from '../../config/errors.ts'
import { hmacUnder } from '../crypto/derived-keys.ts'
import type { Deps } from '../deps.ts'
import type { Tenant } from '../directory/tenants.ts'
import { type StoredUser, USERS } from '../directory/users.ts'
import { type ActionKind, kindOfToken } from '../login/action-hint.ts'
import { recordEvent } from '../login/login-record.ts'
import { invalid } from '../platform/contract/vault-errors.ts'
import { pageAddress } from '../platform/http/public-url.ts'
import { loginPolicyOf } from '../policy/load.ts'
import type { EffectivePolicy } from '../policy/policy.ts'
import type { Collection } from '../store/store.ts'
import { isListedUrl } from './listed-urls.ts'

/** A token that was issued, in the scope of the tenant. */
export interface ActionToken {
  /** Keyed hash of the token. */
  readonly id: string
  readonly kind: ActionKind
  readonly user_id: string
  /** `created_at` of the user: a later user of the same id inherits nothing. */
  readonly user_created_at: string
}

const TOKENS: Collection<ActionToken> = { name: 'actionTokens', id: (t) => t.id, indexes: [] }
const RANDOM_BYTES = 32

interface KindFacts {
  readonly isOn: (policy: EffectivePolicy) => boolean
  readonly seconds: (policy: EffectivePolicy) => number
}

const KINDS: Readonly<Record<ActionKind, KindFacts>> = {
  app_to_web: {
    isOn: ({ methods }) => methods.appToken.value,
    seconds: ({ actionTokens }) => actionTokens.appSeconds.value,
  },
  coupling: {
    isOn: ({ actionTokens }) => actionTokens.coupling.value,
    seconds: ({ actionTokens }) => actionTokens.couplingSeconds.value,
  },
  login: {
    isOn: ({ methods }) => methods.loginToken.value,
    seconds: ({ actionTokens }) => actionTokens.loginSeconds.value,
  },
}

/** Contract schema ActionToken. */
export interface IssuedToken {
  readonly token: string
  readonly url: string
  readonly expires_at: string
}

export interface TokenRequest {
  readonly kind: ActionKind
  /** Where the browser goes in the end; default: the account page. */
  readonly target_url?: string | undefined
}

/**
 * A token of 256 random bits that its holder uses once, in a browser, as the user. Throws FORBIDDEN where there are none of the kind, 422 for
 * a target that is no CimActionTokenUrl of the organization.
 */
export async function issueActionToken(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'auditLog'>,
  tenant: Tenant,
  user: StoredUser,
  { kind, target_url }: TokenRequest,
): Promise<IssuedToken> {
  const { tenant_id } = tenant
  const policy = await loginPolicyOf(deps, { tenant, user })
  if (!KINDS[kind].isOn(policy)) throw new PlumblineError('FORBIDDEN', `there are no action tokens of the kind ${kind}`)
  if (target_url !== undefined && !(await isListedUrl(deps, tenant_id, target_url)))
    throw invalid('/target_url', 'is not one of the URLs that the organization allows')
  const token = `${kind}.${randomBytes(RANDOM_BYTES).toString('base64url')}`
  const seconds = KINDS[kind].seconds(policy)
  const { user_id, created_at: user_created_at } = user
  const stored = { id: tokenHash(deps, token), kind, user_id, user_created_at }
  await deps.store.create(TOKENS, tenant_id, stored, seconds)
  await recordEvent(deps, tenant_id, { event: 'action-token.issued', userId: user_id, subject: { kind } })
  const query = { token, ...(target_url === undefined ? {} : { target_url }) }
  const expires_at = new Date(deps.now().getTime() + seconds * 1000).toISOString()
  return { token, url: pageAddress(deps, tenant_id, '/token', query), expires_at }
}

/** A token that may be used, and whose it is. */
export interface GoodToken {
  readonly token: ActionToken
  readonly user: StoredUser
}

/** What a token is good for, as long as the settings are for it; it stays. `undefined` for any other one. */
export async function findActionToken(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  tenant: Tenant,
  text: string,
): Promise<GoodToken | undefined> {
  const token = await deps.store.get(TOKENS, tenant.tenant_id, tokenHash(deps, text))
  const user = token && (await deps.store.get(USERS, tenant.tenant_id, token.user_id))
  if (!user || user.created_at !== token.user_created_at || kindOfToken(text) !== token.kind) return undefined
  return KINDS[token.kind].isOn(await loginPolicyOf(deps, { tenant, user })) ? { token, user } : undefined
}

/** Spends a token that was found: true for one of many callers. */
export const takeActionToken = async (
  { store }: Pick<Deps, 'store'>,
  { tenant_id }: Tenant,
  { token }: GoodToken,
): Promise<boolean> => (await store.take(TOKENS, tenant_id, token.id)) !== undefined

const tokenHash = ({ masterKey }: Pick<Deps, 'masterKey'>, token: string): string =>
  hmacUnder(masterKey, 'action token').update(token).digest('base64url')
