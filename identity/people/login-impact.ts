import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { passwordSetAt } from '../directory/passwords.ts'
import { organizationOf } from '../directory/tenant-organizations.ts'
import type { Tenant } from '../directory/tenants.ts'
import { type StoredUser, USERS } from '../directory/users.ts'
import { expiryOf } from '../factors/password/rules.ts'
import { canSignIn, enrollable, isEnough } from '../policy/assurance.ts'
import { type Decision, type SettingSource, values } from '../policy/decision.ts'
import { loadInputs, loadProposed, type ProposedSettings } from '../policy/load.ts'
import { type EffectivePolicy, effectivePolicy } from '../policy/policy.ts'
import { renamesIn } from '../policy/proposed.ts'
import { refusals } from '../policy/refusals.ts'

/** What happens to one person once documents are applied, and the settings that decide. */
export interface LoginEffect {
  readonly effect: 'cannotSignIn' | 'losesMethod' | 'setsUpDevice' | 'changesPassword'
  /** The method that is lost. */
  readonly method?: Method
  /** Devices of which one has to be set up. */
  readonly devices?: readonly ('passkey' | 'totp')[]
  readonly by: readonly Pick<SettingSource, 'kind' | 'pointer' | 'object'>[]
}

/** People of a tenant, one page of them; only those for whom something changes are named. */
export interface LoginImpactPage {
  /** Users that the page looked at. */
  readonly users: number
  /** Whether there may be more behind it. */
  readonly more: boolean
  readonly items: readonly { readonly user_id: string; readonly effects: readonly LoginEffect[] }[]
}

type Needs = Pick<Deps, 'store' | 'now'>

/** What documents change for the users of a tenant, by the store as it is now. Writes nothing. */
export async function loginImpact(
  deps: Needs,
  tenant: Tenant,
  proposal: ProposedSettings,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<LoginImpactPage> {
  const organization = proposal.organization ?? (await organizationOf(deps.store, tenant.tenant_id))
  const { items } = await deps.store.find(USERS, tenant.tenant_id, { limit, offset })
  const found = []
  for (const user of items) {
    const effects = await effectsOn(deps, { tenant, user }, { ...proposal, organization })
    if (effects.length > 0) found.push({ user_id: user.user_id, effects })
  }
  return { users: items.length, more: items.length === limit, items: found }
}

async function effectsOn(
  deps: Needs,
  person: { readonly tenant: Tenant; readonly user: StoredUser },
  proposal: ProposedSettings,
): Promise<readonly LoginEffect[]> {
  const now = await loadInputs(deps, person, renamesIn(proposal.documents))
  const { enrolled } = now
  const before = effectivePolicy(now)
  if (!canSignIn(before, enrolled)) return []
  const policy = effectivePolicy(await loadProposed(deps, person, proposal))
  const able = withLetter(enrolled, policy)
  if (!canSignIn(policy, able)) return [{ effect: 'cannotSignIn', by: sourcesOf(refusals(policy, enrolled)) }]
  return [
    ...lostMethods(before, policy, enrolled).map((method): LoginEffect => {
      return { effect: 'losesMethod', method, by: sourcesOf([policy.methods[method] ?? []].flat()) }
    }),
    ...deviceToSetUp(before, policy, { enrolled, able }),
    ...((await expires(deps, person.user, before, policy))
      ? [{ effect: 'changesPassword' as const, by: sourcesOf([policy.password.expiresAfterDays]) }]
      : []),
  ]
}

const sourcesOf = (decisions: readonly Decision<unknown>[]): LoginEffect['by'] =>
  decisions.flatMap(({ by }) =>
    by.map(({ kind, pointer, object }) => ({ kind, pointer, ...(object === undefined ? {} : { object }) })),
  )

/** Codes delivered outside the service reach everybody once they are switched on. */
const withLetter = (enrolled: readonly Method[], { methods }: EffectivePolicy): readonly Method[] =>
  methods.letter.value && !enrolled.includes('letter') ? [...enrolled, 'letter'] : enrolled

const lostMethods = (before: EffectivePolicy, policy: EffectivePolicy, enrolled: readonly Method[]) =>
  enrolled.filter((method) => before.methods[method]?.value && !policy.methods[method]?.value)

interface Has {
  readonly enrolled: readonly Method[]
  /** The same, and what everybody can have then. */
  readonly able: readonly Method[]
}

function deviceToSetUp(
  before: EffectivePolicy,
  policy: EffectivePolicy,
  { enrolled, able }: Has,
): readonly LoginEffect[] {
  if (!enough(before, enrolled) || enough(policy, able)) return []
  const devices = enrollable(policy, [], { methods: [], enrolled: able })
  return [{ effect: 'setsUpDevice', devices, by: sourcesOf([policy.login.factors]) }]
}

const enough = (policy: EffectivePolicy, enrolled: readonly Method[]): boolean =>
  isEnough(policy, [], { methods: enrolled.filter((method) => policy.methods[method]?.value), enrolled })

/** A password that is good now and too old by the documents. */
async function expires(deps: Needs, user: StoredUser, before: EffectivePolicy, policy: EffectivePolicy) {
  const setAt = policy.methods.password.value ? await passwordSetAt(deps, user) : undefined
  if (setAt === undefined) return false
  const isOld = (p: EffectivePolicy): boolean => (expiryOf(values(p.password), setAt) ?? deps.now()) < deps.now()
  return isOld(policy) && !isOld(before)
}
