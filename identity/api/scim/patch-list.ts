import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../../config/json.ts'
import { scimFault } from '../../directory/scim/errors.ts'
import type { Attribute, ScimResource } from '../../directory/scim/schemas.ts'
import { spelled } from '../../directory/scim/spelling.ts'
import { itemTerms } from '../../directory/scim/terms.ts'
import type { Term } from '../../store/store.ts'
import { fulfils } from './match.ts'
import type { PatchOperation, PatchTarget } from './patch-path.ts'

type Items = readonly unknown[]

/** The whole list is the target: items are added once, replaced all together, or removed, those in the value or all. */
export function changedList({ op, value }: PatchOperation, attribute: Attribute, old: Items): Items {
  const items = [spelled(attribute, value ?? [])].flat()
  if (op === 'remove') return value === undefined || value === null ? [] : without(old, items)
  if (op === 'replace') return onePrimary(old, items)
  return onePrimary(old, [...old, ...without(items, old, contained)])
}

/** Those of the items that no item of `others` is the same as; equal values are found by their `value`. */
function without(items: Items, others: Items, same: (item: unknown, other: unknown) => boolean = containing): Items {
  const byValue = Map.groupBy(others, keyOf)
  return items.filter((item) => !(byValue.get(keyOf(item)) ?? []).some((other) => same(item, other)))
}

const keyOf = (item: unknown) => (isRecord(item) ? item.value : item)
/** All that `part` says is true of `whole`, too. */
const containing = (whole: unknown, part: unknown): boolean =>
  isRecord(whole) && isRecord(part)
    ? Object.entries(part).every(([key, value]) => isDeepStrictEqual(whole[key], value))
    : isDeepStrictEqual(whole, part)
const contained = (part: unknown, whole: unknown) => containing(whole, part)

/**
 * Some items of the list, or a part of them, are the target. Where there are none, `add` makes one, `remove` has nothing left to do, so that it
 * may be repeated, and `replace` throws 400 noTarget (RFC 7644, section 3.5.2.3).
 */
export function changedItems(operation: PatchOperation, target: PatchTarget, old: Items): Items {
  const hits = new Set(chosenOf(target, old))
  if (hits.size === 0) {
    if (operation.op === 'remove') return old
    if (operation.op === 'replace') throw scimFault('noTarget', 'the path chooses nothing that is there')
    return onePrimary(old, [...old, { ...given(target), ...partOf(operation, target) }])
  }
  const change = changeOf(operation, target)
  return onePrimary(
    old,
    old.flatMap((item) => (hits.has(item) ? change(item) : [item])),
  )
}

function chosenOf({ attribute, keys, chosen }: PatchTarget, items: Items): Items {
  if (!chosen) return items
  return items.filter((item) => fulfils(termsOfItem(attribute, keys, item), chosen.condition))
}

/** A message may look at the same items a thousand times. */
const TERMS = new WeakMap<object, readonly Term[]>()

function termsOfItem(attribute: Attribute, keys: readonly string[], item: unknown): readonly Term[] {
  if (!isRecord(item)) return []
  const terms = TERMS.get(item) ?? itemTerms(attribute, keys, item)
  TERMS.set(item, terms)
  return terms
}

/** An item that is added fulfils the equalities of the filter that chose it. */
function given({ attribute, chosen }: PatchTarget): ScimResource {
  const equalities = (chosen?.equalities ?? []).map(({ path, value }) => [path, value])
  return spelled(attribute, Object.fromEntries(equalities)) as ScimResource
}

/** What the operation says of one item. */
function partOf({ value }: PatchOperation, { attribute, part }: PatchTarget): ScimResource {
  if (part) return { [part.name]: spelled(part, value) }
  const [item] = [spelled(attribute, value)].flat()
  if (!isRecord(item)) throw scimFault('invalidValue', `an item of ${attribute.name} has to be an object`)
  return item
}

function changeOf(operation: PatchOperation, target: PatchTarget): (item: unknown) => Items {
  const { part } = target
  if (operation.op !== 'remove') {
    const value = partOf(operation, target)
    return (item) => [operation.op === 'add' || part ? { ...(isRecord(item) ? item : {}), ...value } : value]
  }
  if (!part) return () => []
  return (item) => [
    isRecord(item) ? Object.fromEntries(Object.entries(item).filter(([key]) => key !== part.name)) : item,
  ]
}

/** An item that becomes the primary one takes that from the others (RFC 7644, section 3.5.2). */
function onePrimary(old: Items, next: Items): Items {
  const isPrimary = (item: unknown): item is ScimResource => isRecord(item) && item.primary === true
  const before = old.filter(isPrimary)
  const fresh = next.filter((item) => isPrimary(item) && !before.some((other) => isDeepStrictEqual(other, item)))
  if (fresh.length !== 1) return next
  return next.map((item) => (isPrimary(item) && item !== fresh[0] ? { ...item, primary: false } : item))
}
