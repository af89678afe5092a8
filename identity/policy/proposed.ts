import { PlumblineError } from '../../config/errors.ts'
import { kindOf } from '../../config/kinds/index.ts'
import { mergedSpec, withServerDefaults } from '../../config/merged-spec.ts'
import type { StoredUser } from '../directory/users.ts'
import type { PolicyDocument, PolicyInputs, PolicyKind } from './inputs.ts'
import { isFederatedType, methodOf } from './login-methods.ts'

/** A document that is not applied: what it says, in its own words and without secrets. */
export interface ProposedDocument {
  readonly kind: PolicyKind
  /** Of the object that its system has for it: a login method is known by it under another name. */
  readonly id?: string
  readonly spec: PolicyDocument
}

type Documents = PolicyInputs['documents']
export interface MethodSettings {
  /** Absent: only a proposed document has it. */
  readonly id?: string
  readonly spec: PolicyDocument
}
export type StoredMethod = Required<MethodSettings>

const isFederated = ({ kind, spec }: ProposedDocument): boolean => kind === 'CimLoginMethod' && isFederatedType(spec)

/** Settings as they would be with the documents applied: what these do not name stays, null unsets, a new object has its defaults. */
export function withProposed(
  documents: Documents,
  proposed: readonly ProposedDocument[],
  user?: StoredUser,
): Documents {
  const all: { -readonly [K in PolicyKind]?: PolicyDocument } = { ...documents }
  for (const one of inOrder(proposed))
    if (one.kind !== 'MfaAssignment') all[one.kind] = over(all[one.kind], one)
    else if (isOf(one.spec, all, user)) all.MfaAssignment = { type: one.spec.type, factorTypes: one.spec.factorTypes }
  return all
}

/** Exceptions of some users come after the rule for everyone. */
const inOrder = (proposed: readonly ProposedDocument[]): readonly ProposedDocument[] =>
  proposed
    .filter((one) => !isFederated(one))
    .toSorted((a, b) => Number(b.spec.allUsers === true) - Number(a.spec.allUsers === true))

/** Whether a second-factor setting is the user's. Before the user is known, one that lets somebody have a code counts. */
function isOf(
  { allUsers, users, type }: PolicyDocument,
  { MfaAssignment: own }: Documents,
  user?: StoredUser,
): boolean {
  if (allUsers === true) return own !== undefined
  if (user === undefined) return type === 'Allowed'
  return Array.isArray(users) && users.map(String).some((id) => id === user.external_id || id === user.user_id)
}

/** Login methods at other providers: by their ids where these are known, else told apart by type and name as their system does. */
export function methodsWithProposed(
  methods: readonly MethodSettings[],
  proposed: readonly ProposedDocument[],
): readonly MethodSettings[] {
  let all = methods
  for (const one of proposed.filter(isFederated)) {
    const now = all.find(({ id, spec }) => id !== undefined && id === one.id && spec.type === one.spec.type)
    const same = now ?? all.find(({ spec }) => methodOf(spec) === methodOf(one.spec))
    const next = { ...same, spec: over(same?.spec, one) }
    all = same === undefined ? [...all, next] : all.map((method) => (method === same ? next : method))
  }
  return all
}

/** What documents name otherwise than today, and nothing else of them. */
export const renamesIn = (proposed: readonly ProposedDocument[]): readonly ProposedDocument[] =>
  proposed
    .filter((one) => isFederated(one) && one.id !== undefined)
    .map(({ spec: { type, displayName }, ...one }) => ({ ...one, spec: { type, displayName } }))

function over(now: PolicyDocument | undefined, { kind: name, spec }: ProposedDocument): PolicyDocument {
  const kind = kindOf(name)
  if (kind === undefined) throw new PlumblineError('INTERNAL', `there is no kind ${name}`)
  return now === undefined ? withServerDefaults(kind.spec, spec) : mergedSpec(kind.spec, now, spec)
}
