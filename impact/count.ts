import type { Deps } from '../identity/deps.ts'
import { isFederated, type LocalMethod, type Method } from '../identity/directory/methods.ts'
import { passwordSetAt } from '../identity/directory/passwords.ts'
import { TENANTS, type Tenant } from '../identity/directory/tenants.ts'
import { type StoredUser, USERS } from '../identity/directory/users.ts'
import { expiryOf } from '../identity/factors/password/rules.ts'
import { canSignIn, enrollable, isEnough } from '../identity/policy/assurance.ts'
import { type Decision, values } from '../identity/policy/decision.ts'
import type { PolicyDocument, PolicyInputs, PolicyKind } from '../identity/policy/inputs.ts'
import { loadInputs } from '../identity/policy/load.ts'
import { methodOf } from '../identity/policy/login-methods.ts'
import { type EffectivePolicy, effectivePolicy } from '../identity/policy/policy.ts'
import { GLOBAL } from '../identity/store/store.ts'
import { providerName } from '../review/federated.ts'
import { refusing } from '../review/lockout.ts'
import type { DocumentPlace } from '../review/model.ts'
import { decidingFields } from '../review/policy.ts'
import { overlaid, type TenantSettings } from '../review/settings.ts'

/** What happens to some people of a tenant once the documents are applied. */
interface Effect {
  /** `can no longer sign in`, … */
  readonly what: string
  readonly count: number
  /** Fields that decide. */
  readonly causes: readonly DocumentPlace[]
  /** Ids of the users, when they were asked for. */
  readonly ids?: readonly string[]
}

/** `users` is absent where it is unknown, and `because` says why. */
export interface TenantImpact {
  readonly tenant: string
  readonly users?: number
  readonly because?: string
  readonly effects: readonly Effect[]
}

export interface CountOptions {
  /** Lists who they are. */
  readonly ids: boolean
  /** Hears how many users were looked at. */
  readonly onUsers: (done: number) => void
  readonly signal: AbortSignal
}

const PAGE = 500

/** What the documents of a tenant change for each of its users, by the store as it is now. */
export async function countImpact(deps: Deps, settings: TenantSettings, options: CountOptions): Promise<TenantImpact> {
  const { tenant: id } = settings
  const tenant = await deps.store.get(TENANTS, GLOBAL, id)
  if (tenant === undefined) return { tenant: id, users: 0, effects: [] }
  const tally = new Map<string, Tally>()
  let done = 0
  for (let offset = 0; ; offset += PAGE) {
    options.signal.throwIfAborted()
    const { items } = await deps.store.find(USERS, id, { limit: PAGE, offset })
    for (const user of items) {
      for (const effect of await effectsOn(deps, tenant, user, settings)) note(tally, effect, user)
      options.onUsers(++done)
    }
    if (items.length < PAGE) return { tenant: id, users: done, effects: [...tally].map(told(options.ids)) }
  }
}

interface Tally {
  readonly ids: string[]
  readonly causes: Map<string, DocumentPlace>
}

interface Found {
  readonly what: string
  readonly causes: readonly DocumentPlace[]
}

function note(tally: Map<string, Tally>, { what, causes }: Found, { user_id }: StoredUser): void {
  const known = tally.get(what) ?? { ids: [], causes: new Map<string, DocumentPlace>() }
  known.ids.push(user_id)
  for (const cause of causes) known.causes.set(`${cause.address}${cause.pointer}`, cause)
  tally.set(what, known)
}

const told =
  (withIds: boolean) =>
  ([what, { ids, causes }]: readonly [string, Tally]): Effect => ({
    what,
    count: ids.length,
    causes: [...causes.values()],
    ...(withIds ? { ids } : {}),
  })

async function effectsOn(
  deps: Deps,
  tenant: Tenant,
  user: StoredUser,
  settings: TenantSettings,
): Promise<readonly Found[]> {
  const now = await loadInputs(deps, { tenant, user })
  const then = { ...now, documents: after(now.documents, settings), federated: methodsAfter(now, settings) }
  const [before, policy] = [effectivePolicy(now), effectivePolicy(then)]
  const { enrolled } = now
  const able = withLetter(enrolled, policy)
  if (!canSignIn(before, enrolled)) return []
  const by = (decisions: readonly Decision<unknown>[]): readonly DocumentPlace[] =>
    decisions.flatMap((decision) => decidingFields({ before: decision, after: decision }, settings, settings))
  if (!canSignIn(policy, able)) return [{ what: 'can no longer sign in', causes: by(refusing(policy, enrolled)) }]
  return [
    ...lostMethods(before, policy, enrolled).map((method) => ({
      what: `can no longer use ${wordsOf(method)}`,
      causes: by([policy.methods[method] ?? []].flat()),
    })),
    ...(enough(before, enrolled) && !enough(policy, able)
      ? [{ what: `have to set up ${setUpWords(policy, able)}`, causes: by([policy.login.factors]) }]
      : []),
    ...((await expires(deps, user, before, policy))
      ? [{ what: 'have to change their password', causes: by([policy.password.expiresAfterDays]) }]
      : []),
  ]
}

const WORDS: Readonly<Record<LocalMethod, string>> = {
  pin: 'their PIN',
  pattern: 'their pattern',
  passkey: 'their passkey',
  password: 'their password',
  otp: 'codes by e-mail',
  letter: 'codes delivered outside the service',
  sms: 'codes by text message',
  totp: 'their authenticator app',
  push: 'approval in another browser',
  appToken: 'links of an app',
  loginToken: 'links that sign in',
}

const wordsOf = (method: Method): string =>
  isFederated(method) ? `their account at ${providerName(method)}` : WORDS[method]

/** The login methods at other providers as they are now, with what the documents say of them. */
function methodsAfter({ federated = [] }: PolicyInputs, settings: TenantSettings): readonly PolicyDocument[] {
  const named = new Map(settings.federated.map(({ method, resource }) => [method, resource.spec]))
  const kept = federated.map((spec) => overlaid(spec, named.get(methodOf(spec)) ?? {}))
  const known = new Set(federated.map(methodOf))
  return [...kept, ...settings.federated.filter(({ method }) => !known.has(method)).map(({ spec }) => spec)]
}

/** The settings of now, with what the documents name. */
function after(documents: PolicyInputs['documents'], { resources }: TenantSettings): PolicyInputs['documents'] {
  const named = (Object.keys(resources) as PolicyKind[]).map((kind) => {
    const spec = resources[kind]?.spec ?? {}
    return [kind, overlaid(documents[kind] ?? {}, spec)] as const
  })
  return { ...documents, ...Object.fromEntries(named) }
}

/** Codes delivered outside the service reach everybody once they are switched on. */
const withLetter = (enrolled: readonly Method[], { methods }: EffectivePolicy): readonly Method[] =>
  methods.letter.value && !enrolled.includes('letter') ? [...enrolled, 'letter'] : enrolled

const DEVICE_WORDS = { passkey: 'a passkey', totp: 'an authenticator app' } as const

const setUpWords = (policy: EffectivePolicy, enrolled: readonly Method[]): string =>
  enrollable(policy, [], { methods: [], enrolled })
    .map((device) => DEVICE_WORDS[device])
    .join(' or ')

const lostMethods = (before: EffectivePolicy, policy: EffectivePolicy, enrolled: readonly Method[]) =>
  enrolled.filter((method) => before.methods[method]?.value && !policy.methods[method]?.value)

const enough = (policy: EffectivePolicy, enrolled: readonly Method[]): boolean =>
  isEnough(policy, [], { methods: enrolled.filter((method) => policy.methods[method]?.value), enrolled })

/** A password that is good now and too old by the documents. */
async function expires(deps: Deps, user: StoredUser, before: EffectivePolicy, policy: EffectivePolicy) {
  const setAt = policy.methods.password.value ? await passwordSetAt(deps, user) : undefined
  if (setAt === undefined) return false
  const isOld = (p: EffectivePolicy): boolean => (expiryOf(values(p.password), setAt) ?? deps.now()) < deps.now()
  return isOld(policy) && !isOld(before)
}
