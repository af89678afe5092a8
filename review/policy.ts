import { isDeepStrictEqual } from 'node:util'
import type { Resource } from '../config/resource.ts'
import type { Decision, DecisionRule, SettingSource } from '../identity/policy/decision.ts'
import type { PolicyInputs, PolicyKind } from '../identity/policy/inputs.ts'
import { type EffectivePolicy, LOGIN_RULES } from '../identity/policy/policy.ts'
import type { DocumentPlace, Impact, PolicyChange } from './model.ts'
import { PEOPLE, policyFor } from './people.ts'
import { fieldPlace } from './reach.ts'
import { sentenceOf } from './sentences.ts'
import type { TenantSettings } from './settings.ts'

interface Changed {
  readonly decision: string
  readonly impact: Impact
  readonly before: Decision<unknown>
  readonly after: Decision<unknown>
}

/** What changes for the people of one tenant, each change told once. */
export function policyChanges(before: TenantSettings, after: TenantSettings): readonly PolicyChange[] {
  const perPeople = PEOPLE.map((people) => ({
    people,
    changes: changesOf(policyFor(before, people), policyFor(after, people)),
  }))
  const all = perPeople.flatMap(({ people, changes }) => changes.map((change) => ({ people: people.name, change })))
  const same = Map.groupBy(all, ({ change: { decision, before: b, after: a } }) =>
    JSON.stringify([decision, b.value, a.value]),
  )
  return [...same.values()].map((group) => {
    const [first] = group
    const who = group.length === PEOPLE.length ? 'people' : group.map(({ people }) => people).join(' and ')
    return told(who, (first as (typeof group)[number]).change, before, after)
  })
}

function changesOf(before: EffectivePolicy, after: EffectivePolicy): readonly Changed[] {
  const needsMore = impactOf('login.factors', before.login.factors.value, after.login.factors.value) === 'tightens'
  return Object.keys(LOGIN_RULES).flatMap((part) => {
    const was = before[part as keyof EffectivePolicy] as Part
    const is = after[part as keyof EffectivePolicy] as Part
    const names = part === 'levels' ? Object.keys(is).filter((name) => name in was) : Object.keys({ ...was, ...is })
    return names.flatMap((name) => changeOf(`${part}.${name}`, was[name] ?? ABSENT, is[name] ?? ABSENT, needsMore))
  })
}

/** A login method at another provider that is not there. */
const ABSENT: Decision<unknown> = { value: false, by: [], weaker: [] }

function changeOf(
  decision: string,
  before: Decision<unknown>,
  after: Decision<unknown>,
  needsMore: boolean,
): readonly Changed[] {
  if (isDeepStrictEqual(before.value, after.value)) return []
  // Another method is no easier way in where a login takes more than one from now on.
  const isHarmless = needsMore && decision.startsWith('methods.')
  return [{ decision, before, after, impact: isHarmless ? 'neutral' : impactOf(decision, before.value, after.value) }]
}

type Part = Readonly<Record<string, Decision<unknown>>>

function told(who: string, changed: Changed, before: TenantSettings, after: TenantSettings): PolicyChange {
  return {
    tenant: after.tenant,
    text: sentenceOf(who, changed.decision, changed.before.value, changed.after.value),
    impact: changed.impact,
    causes: decidingFields([...changed.after.by, ...changed.before.by], before, after),
  }
}

/** What only changes how a page looks, and what makes nobody safer either way: a limit to long passwords, typing an address twice. */
const NEUTRAL: ReadonlySet<string> = new Set([
  'page.title',
  'page.passwordName',
  'page.ownInstructions',
  'page.showsName',
  'mobile.loginMessage',
  'mobile.stepUpMessage',
  'mobile.shown',
  'secret.showPin',
  'password.maxLength',
  'signUp.confirmEmail',
  'signUp.verifiesAddresses',
  'signUp.validatesNumbers',
  'signUp.verifiesNumbers',
  'signUp.mobileNumber',
  'signUp.confirmMobileNumber',
])
/** Another way in demands less, except the one that nobody can guess or phish. */
const STRONGEST = 'methods.passkey'

/** By the strictness that the rule itself goes by. */
function impactOf(decision: string, before: unknown, after: unknown): Impact {
  if (NEUTRAL.has(decision) || decision === STRONGEST) return 'neutral'
  const [part = '', name = ''] = decision.split('.')
  const rules = LOGIN_RULES[part as keyof typeof LOGIN_RULES] as Readonly<
    Record<string, DecisionRule<unknown, PolicyInputs>>
  >
  const rule = rules[name] ?? (part === 'methods' ? LOGIN_RULES.methods.password : undefined)
  const [was, is] = [before, after].map((value) => rule?.strictness(value as never) ?? 0) as [number, number]
  return was === is ? 'neutral' : is > was ? 'tightens' : 'weakens'
}

/** The document of a login method at another provider, by its type and name. */
const methodDocument = (object: string, ...settings: readonly TenantSettings[]): Resource | undefined =>
  settings.flatMap(({ federated }) => federated).find(({ method }) => method === `federated:${object}`)?.resource

/** The fields that decided before or decide now, as far as a document of the change says them. */
export function decidingFields(
  sources: readonly Pick<SettingSource, 'kind' | 'pointer' | 'object'>[],
  before: TenantSettings,
  after: TenantSettings,
): readonly DocumentPlace[] {
  const places = sources.flatMap(({ kind, pointer, object }) => {
    const resource =
      object === undefined
        ? (after.resources[kind as PolicyKind] ?? before.resources[kind as PolicyKind])
        : methodDocument(object, after, before)
    return resource === undefined ? [] : [fieldPlace(resource, pointer)]
  })
  return [...new Map(places.map((place) => [`${place.address}${place.pointer}`, place])).values()]
}
