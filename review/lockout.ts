import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../config/json.ts'
import { addressOf, type Resource } from '../config/resource.ts'
import type { Method } from '../identity/directory/methods.ts'
import { accepted } from '../identity/policy/assurance.ts'
import { type PolicyDocument, type PolicyKind, settingAt } from '../identity/policy/inputs.ts'
import type { EffectivePolicy } from '../identity/policy/policy.ts'
import { refusals } from '../identity/policy/refusals.ts'
import { changedMethods } from './federated.ts'
import type { DocumentPlace, Lockout } from './model.ts'
import { type Enrolled, enrolledIn, enrolledUnder, getsIn, PEOPLE, type People, policyFor } from './people.ts'
import { decidingFields } from './policy.ts'
import { fieldPlace } from './reach.ts'
import type { TenantSettings } from './settings.ts'

/** Everybody who could sign in before the change and cannot after it; of a new tenant, when nobody can. */
export function lockouts(before: TenantSettings | undefined, after: TenantSettings): readonly Lockout[] {
  if (before === undefined) return closedToAll(after)
  const found = PEOPLE.map((people) => ({ people, out: shutOut(people, before, after) }))
  const same = found.every(({ out }) => isDeepStrictEqual(out, found[0]?.out))
  const told = same ? found.slice(0, 1).map(({ out }) => ({ people: EVERYBODY, out })) : found
  return told.flatMap(({ people, out }) => (out === undefined ? [] : [toldOf(people, out, after.tenant)]))
}

const EVERYBODY = { name: 'people' }

interface ShutOut {
  /** Absent: everybody of these people. */
  readonly enrolled?: readonly string[]
  readonly causes: readonly DocumentPlace[]
  readonly mend?: string
}

function toldOf({ name }: Pick<People, 'name'>, { enrolled, ...rest }: ShutOut, tenant: string): Lockout {
  const who = enrolled === undefined ? name : `${name} with ${enrolled.join(' or ')}`
  return { tenant, text: `${who} can no longer sign in`, ...rest }
}

function closedToAll(after: TenantSettings): readonly Lockout[] {
  const policies = PEOPLE.map((people) => policyFor(after, people))
  if (policies.some((policy) => enrolledIn(after).some((some) => getsIn(policy, some)))) return []
  const [policy] = policies
  return policy === undefined
    ? []
    : [{ tenant: after.tenant, text: 'nobody can sign in', causes: causes(policy, after, after, []) }]
}

function shutOut(people: People, before: TenantSettings, after: TenantSettings): ShutOut | undefined {
  const [was, is] = [policyFor(before, people), policyFor(after, people)]
  const out = lockedOut(people, before, after)
  if (out.length === 0) return undefined
  const everybody = enrolledIn(before, after).every((some) => !getsIn(is, some))
  const mend = mendOf(people, before, after, out)
  return {
    ...(everybody ? {} : { enrolled: wordsOf(out, letInOf(enrolledUnder(was, before), is)) }),
    causes: causes(is, before, after, [...new Set(out.flatMap(({ methods }) => accepted(was, methods)))]),
    ...(mend === undefined ? {} : { mend }),
  }
}

/** Those of some people who could sign in before the change and cannot after it, by what they have set up. */
export function lockedOut(people: People, before: TenantSettings, after: TenantSettings): readonly Enrolled[] {
  const [was, is] = [policyFor(before, people), policyFor(after, people)]
  return enrolledUnder(was, before).filter((some) => getsIn(was, some) && !getsIn(is, some))
}

const letInOf = (some: readonly Enrolled[], policy: EffectivePolicy): readonly Enrolled[] =>
  some.filter((one) => getsIn(policy, one))

/** Who is out without a device is out with one, too, unless it is said that a device lets them in. */
const wordsOf = (out: readonly Enrolled[], letIn: readonly Enrolled[]): readonly string[] =>
  out.flatMap(({ words, first, device }) => {
    const isSame = (one: Enrolled): boolean => one.first === first
    if (device === undefined) return [letIn.some(isSame) ? `just ${words}` : words]
    return out.some((one) => isSame(one) && one.device === undefined) ? [] : [words]
  })

function causes(policy: EffectivePolicy, before: TenantSettings, after: TenantSettings, enrolled: readonly Method[]) {
  const by = refusals(policy, enrolled).flatMap((decision) => decision.by)
  const switched = changedMethods(before.federated, after.federated).filter(({ method }) => enrolled.includes(method))
  const elsewhere = switched.map(({ resource }) => fieldPlace(currentOf(resource, after), '/enabled'))
  const places = decidingFields(by, before, after)
  const changed = new Set(changedFields(before, after).map(({ pointer }) => pointer))
  const made = [...places.filter(({ pointer }) => changed.has(pointer)), ...elsewhere]
  return made.length > 0 ? [...new Map(made.map((place) => [placeKey(place), place])).values()] : places
}

const placeKey = ({ address, pointer }: DocumentPlace): string => `${address}${pointer}`

/** The document as it is after the change, where it is still there. */
const currentOf = (resource: Resource, { federated }: TenantSettings): Resource =>
  federated.find((one) => addressOf(one.resource) === addressOf(resource))?.resource ?? resource

/** One field that, put back, lets them in again. */
function mendOf(
  people: People,
  before: TenantSettings,
  after: TenantSettings,
  out: readonly Enrolled[],
): string | undefined {
  const inputs = (documents: TenantSettings['documents']) => ({ documents, enrolled: [] })
  const isMended = (settings: Parameters<typeof policyFor>[0]): boolean => {
    const policy = policyFor(settings, people)
    return out.every((some) => getsIn(policy, some))
  }
  const [elsewhere] = changedMethods(before.federated, after.federated).filter((method) =>
    isMended({ ...after, federated: [method, ...after.federated.filter((one) => one.method !== method.method)] }),
  )
  if (elsewhere !== undefined) return `set /enabled of ${addressOf(elsewhere.resource)} to true`
  return changedFields(before, after)
    .filter(({ kind, pointer }) => {
      const put = withValue(after.documents[kind] ?? {}, pointer, settingAt(inputs(before.documents), kind, pointer))
      return isMended({ ...after, documents: { ...after.documents, [kind]: put } })
    })
    .map(({ kind, pointer }) => {
      const value = settingAt(inputs(before.documents), kind, pointer)
      const address = after.resources[kind] ?? before.resources[kind]
      return `set ${pointer} of ${kind}${address === undefined ? '' : `/${address.metadata.name}`} to ${JSON.stringify(value ?? null)}`
    })[0]
}

interface Field {
  readonly kind: PolicyKind
  readonly pointer: string
}

function changedFields(before: TenantSettings, after: TenantSettings): readonly Field[] {
  const kinds = [...new Set([...Object.keys(before.documents), ...Object.keys(after.documents)])] as PolicyKind[]
  return kinds.flatMap((kind) =>
    leaves(before.documents[kind] ?? {}, after.documents[kind] ?? {}).map((pointer) => ({ kind, pointer })),
  )
}

/** Pointers of the values that differ. */
function leaves(a: PolicyDocument, b: PolicyDocument, at = ''): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) => {
    const [x, y, here] = [a[name], b[name], `${at}/${name}`]
    if (isDeepStrictEqual(x, y)) return []
    return isRecord(x) || isRecord(y) ? leaves(isRecord(x) ? x : {}, isRecord(y) ? y : {}, here) : [here]
  })
}

function withValue(spec: PolicyDocument, pointer: string, value: unknown): PolicyDocument {
  const [, first = '', ...rest] = pointer.split('/')
  const below = spec[first]
  if (rest.length === 0) return { ...spec, [first]: value }
  return { ...spec, [first]: withValue(isRecord(below) ? below : {}, `/${rest.join('/')}`, value) }
}
