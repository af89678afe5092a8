import { PlumblineError } from '../../config/errors.ts'
import { kindOf } from '../../config/kinds/index.ts'
import type { Wire } from '../../config/wire.ts'
import type { Method } from '../directory/methods.ts'
import type { Ask, SettingSource } from './decision.ts'

/** The kinds whose settings decide about logins. `CimLoginMethod` is the one of the type UsernameAndPassword. */
export const POLICY_KINDS = [
  'Tenant',
  'Client',
  'User',
  'SecurityConfiguration',
  'CimFeatures',
  'CimAttributes',
  'CimLoginMethod',
  'CimMobileLogin',
  'CimStepUp',
  'CimPasswordPolicy',
  'CimUiExtension',
  'PasswordOrgConfig',
  'MfaDefault',
  'MfaAssignment',
] as const
export type PolicyKind = (typeof POLICY_KINDS)[number]

/** The spec of a document, as its system keeps it. */
export type PolicyDocument = Wire

/** All that a policy is made of. */
export interface PolicyInputs {
  /** A kind that the organization does not use is absent; without `User` nobody has said yet who they are. */
  readonly documents: Readonly<Partial<Record<PolicyKind, PolicyDocument>>>
  /** CimLoginMethod documents of logins at other providers. */
  readonly federated?: readonly PolicyDocument[]
  /** The user has entered the delivered code, or has come by a login method that makes people active at once. */
  readonly activated?: boolean
  /** The user waits for a code that is delivered outside the service, whether or not the address is verified. */
  readonly awaitsActivation?: boolean
  /** What the user can show today. */
  readonly enrolled: readonly Method[]
}

/** What a field says, in the words of its document; `undefined` when it is not set. */
export function settingAt({ documents }: PolicyInputs, kind: PolicyKind, pointer: string): unknown {
  let value: unknown = documents[kind]
  // Hundreds of times for each login, mostly about kinds that are not there: no lists are made on the way.
  for (let from = 1, to = 0; to !== -1 && value !== undefined && value !== null; from = to + 1) {
    to = pointer.indexOf('/', from)
    value = (value as PolicyDocument)[to === -1 ? pointer.slice(from) : pointer.slice(from, to)]
  }
  return value ?? undefined
}

/** A setting as the origin of a decision. */
function sourceOf(kind: PolicyKind, pointer: string, value: unknown): SettingSource {
  const system = kindOf(kind)?.system
  if (system === undefined) throw new PlumblineError('INTERNAL', `there is no kind ${kind} of a system`)
  return { system, kind, pointer, value }
}

type Reader<V> = <T>(
  inputs: PolicyInputs,
  kind: PolicyKind,
  pointer: string,
  /** What the value asks for; `undefined` for nothing. */
  to: (value: V) => T | undefined,
) => readonly Ask<T>[]

const reader =
  <V>(is: (value: unknown) => value is V): Reader<V> =>
  (inputs, kind, pointer, to) => {
    const value = settingAt(inputs, kind, pointer)
    const asked = is(value) ? to(value) : undefined
    return asked === undefined ? [] : [{ value: asked, source: sourceOf(kind, pointer, value) }]
  }

/** What a switch asks for. */
export const flag = reader((value): value is boolean => typeof value === 'boolean')
/** What a number asks for. */
export const amount = reader((value): value is number => typeof value === 'number')
/** What a text or a choice asks for. */
export const word = reader((value): value is string => typeof value === 'string')
/** What a list asks for. */
export const items = reader((value): value is readonly unknown[] => Array.isArray(value))

/** The value as it is. */
export const same = <T>(value: T): T => value
