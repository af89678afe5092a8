import { isDeepStrictEqual } from 'node:util'
import {
  type Field,
  type FieldMeta,
  fieldsOf,
  isListSchema,
  isMapSchema,
  isObjectSchema,
  itemOf,
  type TSchema,
} from '../config/field.ts'
import { isRecord, type JsonObject } from '../config/json.ts'
import type { Kind } from '../config/kind.ts'
import { foldedText } from '../config/references.ts'
import type { Pointer, Spec } from '../config/resource.ts'
import type { Change } from './adapter.ts'
import { impactOf } from './impact.ts'
import { child, isPointerWithin } from './pointer.ts'
import type { Fingerprints, Memo, SentSecret } from './sent-secret.ts'

/** What a desired spec is compared with. */
export interface KnownFacts {
  /** The readable fields, as observed. */
  readonly observed: Spec
  /** What was last written to the fields that cannot be read. */
  readonly memo: Memo
  /** Of the secrets that the desired spec names; without them only versions are compared. */
  readonly fingerprints?: Fingerprints
  /** Fields that may differ. */
  readonly ignore?: readonly Pointer[]
  /** The value of the field that `Kind.produces` names is already where it belongs. */
  readonly delivered?: boolean
}

/**
 * The one comparison of the project: what has to change so that the system has what the spec names. Fields that the
 * spec does not name are never touched. Lists compare by their list semantics, unreadable fields by the memo.
 */
export function diffSpec(kind: Kind, desired: Spec, known: KnownFacts): readonly Change[] {
  const walk = new Walk(known)
  walk.object(kind.spec, desired, known.observed, '')
  for (const reference of kind.references) if (reference.stored) walk.reference(reference.at.slice(1), desired)
  if (kind.produces !== undefined) walk.delivery(kind.produces, desired)
  return walk.changes
}

/**
 * A secret is sent because its reference or the value at its source is new: a change of ours, never one of the system.
 * That a produced value is not in its place is one of the world.
 */
export const isOurs = ({ produces }: Pick<Kind, 'produces'>, { secret, path }: Change): boolean =>
  secret === true && path !== produces

class Walk {
  readonly changes: Change[] = []
  readonly #known: KnownFacts

  constructor(known: KnownFacts) {
    this.#known = known
  }

  object(schema: TSchema, desired: JsonObject, observed: unknown, path: Pointer): void {
    for (const field of fieldsOf(schema)) {
      const value = desired[field.name]
      if (value === undefined || field.meta.local) continue
      this.#field(field, value, isRecord(observed) ? observed[field.name] : undefined, child(path, field.name))
    }
  }

  /** A relation that the system keeps: desired and observed are both `{id}`. */
  reference(name: string, desired: JsonObject): void {
    const wanted = desired[name] as { id?: string } | undefined
    const found = this.#known.observed[name] as { id?: string } | undefined
    if (wanted?.id !== undefined && wanted.id !== found?.id) this.#add({}, `/${name}`, found?.id, wanted.id)
  }

  /** A value that is shown once has to have reached its place. */
  delivery(at: Pointer, desired: JsonObject): void {
    const place = desired[at.slice(1)]
    if (place === undefined || this.#known.delivered) return
    this.changes.push({ op: 'add', path: at, secret: true, impact: 'neutral' })
  }

  #field({ schema, meta }: Field, desired: unknown, observed: unknown, path: Pointer): void {
    if (this.#known.ignore?.some((p) => isPointerWithin(path, p))) return
    if (meta.secret) this.#secret(desired, path)
    else if (isMapSchema(schema) && isRecord(desired)) this.#map(meta, desired, observed, path)
    else if (isObjectSchema(schema) && isRecord(desired)) this.object(schema, desired, observed, path)
    else if (isListSchema(schema) && Array.isArray(desired)) this.#list(schema, meta, desired, observed, path)
    else this.#value(meta, desired, observed, path)
  }

  #value(meta: FieldMeta, desired: unknown, observed: unknown, path: Pointer): void {
    const found = observed === undefined ? this.#known.memo[path] : observed
    if (!sameValue(meta, desired, found)) this.#add(meta, path, found, desired)
  }

  #map(meta: FieldMeta, desired: JsonObject, observed: unknown, path: Pointer): void {
    for (const [key, value] of Object.entries(desired)) {
      this.#value(meta, value, isRecord(observed) ? observed[key] : undefined, child(path, key))
    }
  }

  #list(schema: TSchema, meta: FieldMeta, desired: readonly unknown[], observed: unknown, path: Pointer): void {
    const found = observed === undefined ? this.#known.memo[path] : observed
    if (typeof meta.list === 'object') this.#keyed(schema, meta, meta.list.key, desired, found, path)
    else if (!sameList(meta, desired, found)) this.#add(meta, path, found, desired)
  }

  /** Items are paired by their key and compared one by one; the pointer's token is the key. */
  #keyed(
    schema: TSchema,
    meta: FieldMeta,
    key: string,
    desired: readonly unknown[],
    found: unknown,
    path: Pointer,
  ): void {
    const rest = new Map((Array.isArray(found) ? found : []).filter(isRecord).map((item) => [String(item[key]), item]))
    for (const item of desired.filter(isRecord)) {
      const token = String(item[key])
      const other = rest.get(token)
      rest.delete(token)
      if (other === undefined) this.#add(meta, child(path, token), undefined, item)
      else this.object(itemOf(schema), item, other, child(path, token))
    }
    for (const [token, item] of rest) this.#add(meta, child(path, token), item, undefined)
  }

  #secret(reference: unknown, path: Pointer): void {
    if (!isRecord(reference)) return
    const sent = this.#known.memo[path] as SentSecret | undefined
    if (sent !== undefined && !mustResend(reference, sent, this.#known.fingerprints?.[path])) return
    this.changes.push({ op: sent ? 'replace' : 'add', path, secret: true, impact: 'neutral' })
  }

  #add(meta: FieldMeta, path: Pointer, from: unknown, to: unknown): void {
    const op = isUnset(from) ? 'add' : isUnset(to) ? 'remove' : 'replace'
    this.changes.push({
      op,
      path,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(meta.createOnly ? { createOnly: true as const } : {}),
      impact: impactOf(meta, from, to),
    })
  }
}

const isUnset = (value: unknown): boolean => value === undefined || value === null

/** With a version the version decides; without one, a new value is noticed by its fingerprint. */
function mustResend(
  reference: { readonly version?: unknown },
  sent: SentSecret,
  fingerprint: string | undefined,
): boolean {
  const version = reference.version
  if (version !== undefined) return version !== sent.version
  return fingerprint !== undefined && fingerprint !== sent.fingerprint
}

function sameValue(meta: FieldMeta, a: unknown, b: unknown): boolean {
  if (isUnset(a) && isUnset(b)) return true
  return isDeepStrictEqual(folded(meta, a), folded(meta, b))
}

const folded = (meta: FieldMeta, value: unknown): unknown =>
  meta.fold === undefined || typeof value !== 'string' ? value : FOLDS[meta.fold](value)

const FOLDS: Readonly<Record<NonNullable<FieldMeta['fold']>, (text: string) => string>> = {
  lowercase: foldedText,
  domain: (text) => text.replace(/@[^@]*$/, foldedText),
}

function sameList(meta: FieldMeta, desired: readonly unknown[], found: unknown): boolean {
  if (!Array.isArray(found)) return false
  const [a, b] = [desired, found].map((items) => items.map((v) => JSON.stringify(folded(meta, v))))
  if (meta.list === 'ordered') return isDeepStrictEqual(a, b)
  return isDeepStrictEqual([...new Set(a)].sort(), [...new Set(b)].sort())
}
