import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { PlumblineError } from '../../config/errors.ts'
import { hmacUnder } from '../crypto/derived-keys.ts'
import { seal, unseal } from '../crypto/seal.ts'
import type { Deps } from '../deps.ts'
import type { Collection } from '../store/store.ts'
import { noticeEnd } from './logout-notices.ts'

/** One thing that the provider library keeps (a code, a token, a session, ...). Nothing in it can be used by who reads the store. */
interface Artifact {
  /** Keyed hash of the value that its holder presents. */
  readonly id: string
  readonly grant: string | null
  /** Uid of a session: a name, no secret. */
  readonly uid: string | null
  /** User that a session belongs to. */
  readonly user: string | null
  /** Keyed hash of a device's user code. */
  readonly code: string | null
  readonly consumed: boolean
  /** Milliseconds since 1970; missing where an earlier release consumed it. */
  readonly consumed_at?: number
  /** The library's payload, sealed. */
  readonly payload: string
}

const MODELS = [
  'AccessToken',
  'AuthorizationCode',
  'ClientCredentials',
  'DeviceCode',
  'Grant',
  'Interaction',
  'PushedAuthorizationRequest',
  'RefreshToken',
  'ReplayDetection',
  'Session',
] as const
export type Model = (typeof MODELS)[number]

/** What a user has beside the sessions. */
const OF_USER = ['Grant', 'AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode'] as const

/** What ends with its grant. */
const GRANTED = ['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode'] as const satisfies readonly Model[]

const COLLECTIONS = Object.fromEntries(
  MODELS.map((model) => [
    model,
    { name: `oidc${model}`, id: (a: Artifact) => a.id, indexes: ['grant', 'uid', 'user', 'code'] },
  ]),
) as unknown as Readonly<Record<Model, Collection<Artifact>>>

const BATCH = 200
/** Models of which a second one with the same id is a replay, never a change. */
const ONCE: ReadonlySet<Model> = new Set(['ReplayDetection'])

/**
 * How long a refresh token that was just used counts as unused: two tabs of one application refresh at once, and a lost answer is asked for
 * again. All get the same successor; see `shareSuccessor`.
 */
const GRACE_MILLISECONDS = 10_000

class Reuse extends Error {
  readonly grant: string | null
  constructor(grant: string | null) {
    super('used before')
    this.grant = grant
  }
}

/** Storage of one model in one tenant, as `oidc-provider` asks for it. */
export class ArtifactAdapter implements Adapter {
  readonly #deps: Pick<Deps, 'store' | 'now' | 'masterKey'>
  readonly #tenant: string
  readonly #model: Model
  readonly #collection: Collection<Artifact>

  constructor(deps: Pick<Deps, 'store' | 'now' | 'masterKey'>, tenant: string, model: Model) {
    this.#deps = deps
    this.#tenant = tenant
    this.#model = model
    this.#collection = COLLECTIONS[model]
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const artifact = this.#artifact(id, payload)
    try {
      await this.#deps.store.create(this.#collection, this.#tenant, artifact, expiresIn)
    } catch (error) {
      if (!isCode(error, 'CONFLICT')) throw error
      if (ONCE.has(this.#model)) throw new errors.InvalidRequest('the proof was used before')
      // The expiry stays: nothing lives longer than its kind may, however often it is written.
      await this.#deps.store.update(this.#collection, this.#tenant, artifact.id, (old) => ({
        ...artifact,
        consumed: old.consumed,
        ...(old.consumed_at === undefined ? {} : { consumed_at: old.consumed_at }),
      }))
    }
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const artifact = await this.#deps.store.get(this.#collection, this.#tenant, this.#hash(id))
    return artifact && this.#payload(artifact)
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#findBy({ uid })
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#findBy({ code: this.#hash(userCode) })
  }

  /** Of many parallel callers one succeeds. The others hold a stolen copy, or were robbed: the whole grant ends. */
  async consume(id: string): Promise<void> {
    try {
      await this.#deps.store.update(this.#collection, this.#tenant, this.#hash(id), (old) => {
        if (this.#isSpent(old)) throw new Reuse(old.grant)
        return old.consumed ? old : { ...old, consumed: true, consumed_at: this.#deps.now().getTime() }
      })
    } catch (error) {
      if (error instanceof Reuse && error.grant !== null) await revokeGrant(this.#deps, this.#tenant, error.grant)
      if (!(error instanceof Reuse || isCode(error, 'NOT_FOUND'))) throw error
      throw new errors.InvalidGrant('used before')
    }
  }

  async destroy(id: string): Promise<void> {
    await this.#deps.store.delete(this.#collection, this.#tenant, this.#hash(id))
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await deleteWhere(this.#deps, this.#tenant, this.#model, { grant: this.#hash(grantId) })
  }

  async #findBy(where: Partial<Artifact>): Promise<AdapterPayload | undefined> {
    const { items } = await this.#deps.store.find(this.#collection, this.#tenant, { where, limit: 1 })
    return items[0] && this.#payload(items[0])
  }

  #artifact(id: string, payload: AdapterPayload): Artifact {
    const { grantId, uid, userCode, accountId } = payload
    return {
      id: this.#hash(id),
      grant: grantId === undefined ? null : this.#hash(grantId),
      uid: uid ?? null,
      user: accountId ?? null,
      code: userCode === undefined ? null : this.#hash(userCode),
      consumed: false,
      payload: seal(this.#deps.masterKey, sealPurpose(this.#tenant, this.#model), JSON.stringify(payload)),
    }
  }

  #payload(artifact: Artifact): AdapterPayload {
    const text = unseal(this.#deps.masterKey, sealPurpose(this.#tenant, this.#model), artifact.payload)
    return { ...(JSON.parse(text) as AdapterPayload), ...(this.#isSpent(artifact) ? { consumed: true } : {}) }
  }

  #isSpent({ consumed, consumed_at = 0 }: Artifact): boolean {
    const grace = this.#model === 'RefreshToken' ? GRACE_MILLISECONDS : 0
    return consumed && this.#deps.now().getTime() - consumed_at >= grace
  }

  #hash(value: string): string {
    return artifactHash(this.#deps, value)
  }
}

/** Ends a session of a tenant by its uid, with every token of it. True when there was one. */
export async function endSession(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  tenant: string,
  uid: string,
): Promise<boolean> {
  return endSessions(deps, tenant, { uid })
}

/** Ends all sessions of a user, with their tokens. True when there was one. */
export async function endSessionsOf(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  tenant: string,
  userId: string,
): Promise<boolean> {
  return endSessions(deps, tenant, { user: userId })
}

async function endSessions(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  tenant: string,
  where: Partial<Artifact>,
): Promise<boolean> {
  let ended = false
  for (;;) {
    const { items } = await deps.store.find(COLLECTIONS.Session, tenant, { where, limit: BATCH })
    if (items.length === 0) return ended
    for (const session of items) await endOne(deps, tenant, session)
    ended = true
  }
}

type Authorizations = Readonly<Record<string, { readonly grantId?: string; readonly sid?: string }>>

async function endOne(
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'jobBell'>,
  tenant: string,
  { id, uid }: Artifact,
): Promise<void> {
  const session = uid === null ? undefined : await new ArtifactAdapter(deps, tenant, 'Session').findByUid(uid)
  const authorizations = (session?.authorizations ?? {}) as Authorizations
  // The applications first: after a crash in between they are told of a session that has yet to end.
  await noticeEnd(deps, tenant, session?.accountId ?? '', authorizations)
  for (const { grantId } of Object.values(authorizations))
    if (grantId) await revokeGrant(deps, tenant, artifactHash(deps, grantId))
  await deps.store.delete(COLLECTIONS.Session, tenant, id)
}

/** Ends all grants and tokens of a user, those of devices, too, which no session holds. */
export async function revokeGrantsOf(deps: Pick<Deps, 'store'>, tenant: string, userId: string): Promise<void> {
  for (const model of OF_USER) await deleteWhere(deps, tenant, model, { user: userId })
}

/** `grant`: the keyed hash of its id. */
async function revokeGrant(deps: Pick<Deps, 'store'>, tenant: string, grant: string): Promise<void> {
  await deps.store.delete(COLLECTIONS.Grant, tenant, grant)
  for (const model of GRANTED) await deleteWhere(deps, tenant, model, { grant })
}

async function deleteWhere(
  { store }: Pick<Deps, 'store'>,
  tenant: string,
  model: Model,
  where: Partial<Artifact>,
): Promise<void> {
  for (;;) {
    const { items } = await store.find(COLLECTIONS[model], tenant, { where, limit: BATCH })
    if (items.length === 0) return
    for (const { id } of items) await store.delete(COLLECTIONS[model], tenant, id)
  }
}

const sealPurpose = (tenant: string, model: Model): string => `oidc ${model} ${tenant}`

/** Keyed, so that even short values (user codes) cannot be guessed from the store. */
export const artifactHash = ({ masterKey }: Pick<Deps, 'masterKey'>, value: string): string =>
  hmacUnder(masterKey, 'oidc id').update(value).digest('base64url')

const isCode = (error: unknown, code: string): boolean => error instanceof PlumblineError && error.code === code
