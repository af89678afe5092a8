import { isGranted } from '../config/grants.ts'
import type { Kind } from '../config/kind.ts'
import { kindOf } from '../config/kinds/index.ts'
import {
  connectionOf,
  type Index,
  keyOf,
  referencedKey,
  referencesOf,
  tenantOf,
  valueAt,
} from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import { objectKeyOf, type Place, placeOfUrl } from '../reconciler/identity.ts'
import type { Item } from './cache.ts'
import type { KubeObject } from './kube/api.ts'

/** Something in a system that documents lay claim to, whatever their namespace and connection are called. */
export interface DocumentClaim {
  readonly id: string
  /** For people: `the same object`, `user 7`. */
  readonly what: string
}

/** What one object of the cluster claims, once the system has let it in. */
interface Standing {
  readonly item: Item
  readonly since: string
  readonly place: Place
  /** How its Connection was written then, see `writtenPlace`. */
  readonly written: Place
  readonly claims: readonly DocumentClaim[]
}

/** Somebody else's claim that goes before, and what the two have in common. */
export interface LostClaim {
  readonly holder: Item
  readonly what: string
}

/**
 * Who lays claim to which object of a system. A claim counts once its document was found valid, its references lead
 * somewhere and the system has accepted the credentials: then the oldest object of the cluster holds it. What has not come
 * so far is a wish that keeps nobody else.
 */
export class Claims {
  readonly #claimants = new Map<string, Map<Item, Standing>>()
  readonly #standing = new Map<Item, Standing>()

  /** The system has let an object in: its claims count from now on. Returns whoever has to look again because of that. */
  lay(object: KubeObject, standing: Omit<Standing, 'since'>): readonly Item[] {
    const before = this.#standing.get(standing.item)
    const kept = new Set(standing.claims.map((c) => c.id))
    const known = new Set(before?.claims.map((c) => c.id))
    this.#take(standing.item)
    this.#put({ ...standing, since: object.metadata.creationTimestamp ?? '' })
    const changed = [...(before?.claims ?? []), ...standing.claims].filter(({ id }) => !(kept.has(id) && known.has(id)))
    return this.#othersAt(changed, standing.item)
  }

  /** Gives the claims of an object up; returns the others who wait for them. */
  drop(item: Item): readonly Item[] {
    return this.#othersAt(this.#take(item)?.claims ?? [], item)
  }

  /** After an edit: what the document does not describe any more is given up; what is new does not count yet. */
  edited(item: Item, resource: Resource, index: Index): readonly Item[] {
    const before = this.#standing.get(item)
    if (before === undefined) return []
    const described = new Set(documentClaims(resource, index, before.place).map((c) => c.id))
    const [kept, gone] = [true, false].map((is) => before.claims.filter(({ id }) => described.has(id) === is))
    this.#take(item)
    this.#put({ ...before, claims: kept ?? [] })
    return this.#othersAt(gone ?? [], item)
  }

  /**
   * A look that ended before the system has let the object in. What only passes changes nothing, unless the Connection
   * leads elsewhere now, where nobody has let it in so far.
   */
  failed(item: Item, written: Place | undefined, isPassing: boolean): readonly Item[] {
    const stays = isPassing && this.#standing.get(item)?.written === written
    return stays ? [] : this.drop(item)
  }

  /** The older object that holds one of these claims. */
  holderBefore(item: Item, claims: readonly DocumentClaim[]): LostClaim | undefined {
    for (const { id, what } of claims) {
      const [oldest] = [...(this.#claimants.get(id)?.values() ?? [])].sort(byAge)
      if (oldest !== undefined && oldest.item !== item) return { holder: oldest.item, what }
    }
    return undefined
  }

  /** Objects that the system has let in and that claim one of these too. */
  othersAt(claims: readonly DocumentClaim[], item: Item): readonly Item[] {
    return this.#othersAt(claims, item)
  }

  #othersAt(claims: readonly DocumentClaim[], item: Item): readonly Item[] {
    const items = claims.flatMap(({ id }) => [...(this.#claimants.get(id)?.keys() ?? [])])
    return [...new Set(items)].filter((other) => other !== item)
  }

  #put(standing: Standing): void {
    this.#standing.set(standing.item, standing)
    for (const { id } of standing.claims) {
      const group = this.#claimants.get(id) ?? new Map()
      this.#claimants.set(id, group.set(standing.item, standing))
    }
  }

  #take(item: Item): Standing | undefined {
    const standing = this.#standing.get(item)
    this.#standing.delete(item)
    for (const { id } of standing?.claims ?? []) {
      const group = this.#claimants.get(id)
      group?.delete(item)
      if (group?.size === 0) this.#claimants.delete(id)
    }
    return standing
  }
}

const byAge = (a: Standing, b: Standing): number =>
  a.since === b.since ? (a.item < b.item ? -1 : 1) : a.since < b.since ? -1 : 1

/**
 * What a document claims in a place: the object by its natural key, by the id that it adopts, and what the kind holds to
 * be exclusive; and the key of the Secret that its value goes into.
 */
export function documentClaims(resource: Resource, index: Index, place: Place): readonly DocumentClaim[] {
  // Who refers without a grant reaches nothing, and must not keep others from it.
  if (referencesOf(resource).some((edge) => !isGranted(edge, resource, index))) return []
  const kind = kindOf(resource.kind)
  const tenant = kind?.scope === 'tenant' ? tenantOf(resource, index) : ''
  if (kind === undefined || tenant === undefined) return []
  const adopted = valueAt(resource.spec, '/externalRef/id')
  const claim = (what: string, ...parts: readonly unknown[]): DocumentClaim => ({
    id: JSON.stringify([place, kind.name, ...parts]),
    what,
  })
  return [
    { id: objectKeyOf({ kind, place, tenant, key: keyOf(resource) }), what: 'the same object' },
    ...(typeof adopted === 'string' ? [claim('the same object', 'id', adopted)] : []),
    ...(kind.exclusive?.(resource.spec as never) ?? []).map((part) => claim(part, 'part', part)),
    ...deliveryOf(resource, kind),
  ]
}

/** Values of two objects do not go into one key of a Secret. */
function deliveryOf({ metadata, spec }: Resource, { produces }: Kind): readonly DocumentClaim[] {
  const { secret } = (produces === undefined ? {} : (valueAt(spec, produces) ?? {})) as WriteTo
  if (secret === undefined) return []
  const id = JSON.stringify(['delivery', metadata.namespace, secret.name, secret.key])
  return [{ id, what: `what goes into ${secret.key} of the Secret ${secret.name}` }]
}

interface WriteTo {
  readonly secret?: { readonly name: string; readonly key: string }
}

/** Where a Connection leads as far as its document tells; the system itself may tell that two of these are one place. */
export function writtenPlace(resource: Resource, index: Index): Place | undefined {
  const connection = connectionOf(resource, index)
  if (connection === undefined) return undefined
  const { system, endpoint } = connection.spec
  const url = endpoint === 'embedded' ? endpoint : placeOfUrl(String(endpoint))
  return JSON.stringify([system, url, referencedKey(connection, 'Organization', index) ?? ''])
}
