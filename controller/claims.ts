import { isGranted } from '../config/grants.ts'
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
import type { Item } from './cache.ts'
import type { KubeObject } from './kube/api.ts'

/** Something in a system that documents lay claim to, whatever their namespace and connection are called. */
interface Claim {
  readonly id: string
  /** For people: `the same object`, `user 7`. */
  readonly what: string
}

interface Claimant {
  readonly item: Item
  readonly since: string
}

/** Who lays claim to which object of a system. Of several, the oldest object of the cluster holds it. */
export class Claims {
  readonly #claimants = new Map<string, Map<Item, Claimant>>()
  readonly #claims = new Map<Item, readonly Claim[]>()

  /** Lays the claims of an object as it is now; returns the others who wait for those that it has given up. */
  lay(item: Item, object: KubeObject, resource: Resource, index: Index): readonly Item[] {
    const claims = claimsOf(resource, index)
    const kept = new Set(claims.map((c) => c.id))
    const waiting = this.#othersAt(
      (this.#claims.get(item) ?? []).filter(({ id }) => !kept.has(id)),
      item,
    )
    this.drop(item)
    const claimant = { item, since: object.metadata.creationTimestamp ?? '' }
    for (const { id } of claims) {
      const group = this.#claimants.get(id) ?? new Map()
      this.#claimants.set(id, group.set(item, claimant))
    }
    this.#claims.set(item, claims)
    return waiting
  }

  /** Gives the claims of an object up; returns the others who wait for them. */
  drop(item: Item): readonly Item[] {
    const claims = this.#claims.get(item) ?? []
    this.#claims.delete(item)
    for (const { id } of claims) {
      const group = this.#claimants.get(id)
      group?.delete(item)
      if (group?.size === 0) this.#claimants.delete(id)
    }
    return this.#othersAt(claims, item)
  }

  #othersAt(claims: readonly Claim[], item: Item): readonly Item[] {
    const items = claims.flatMap(({ id }) => [...(this.#claimants.get(id)?.keys() ?? [])])
    return [...new Set(items)].filter((other) => other !== item)
  }

  /** Another object that holds a claim of this one, if there is one, and what the two have in common. */
  holderBefore(item: Item): { readonly holder: Item; readonly what: string } | undefined {
    for (const { id, what } of this.#claims.get(item) ?? []) {
      const [oldest] = [...(this.#claimants.get(id)?.values() ?? [])].sort(byAge)
      if (oldest !== undefined && oldest.item !== item) return { holder: oldest.item, what }
    }
    return undefined
  }
}

const byAge = (a: Claimant, b: Claimant): number =>
  a.since === b.since ? (a.item < b.item ? -1 : 1) : a.since < b.since ? -1 : 1

/** The object by its natural key, by the id that the document adopts, and what the kind holds to be exclusive. */
function claimsOf(resource: Resource, index: Index): readonly Claim[] {
  // Who refers without a grant reaches nothing, and must not keep others from it.
  if (referencesOf(resource).some((edge) => !isGranted(edge, resource, index))) return []
  const connection = connectionOf(resource, index)
  const kind = kindOf(resource.kind)
  const scope = kind?.scope === 'tenant' ? tenantOf(resource, index) : ''
  if (connection === undefined || kind === undefined || scope === undefined) return []
  const { system, endpoint } = connection.spec
  const place = [system, endpoint, referencedKey(connection, 'Organization', index) ?? '', kind.name]
  const adopted = valueAt(resource.spec, '/externalRef/id')
  const claim = (what: string, ...parts: readonly unknown[]): Claim => ({
    id: JSON.stringify([...place, ...parts]),
    what,
  })
  return [
    claim('the same object', 'key', scope, keyOf(resource)),
    ...(typeof adopted === 'string' ? [claim('the same object', 'id', adopted)] : []),
    ...(kind.exclusive?.(resource.spec as never) ?? []).map((part) => claim(part, 'part', part)),
  ]
}
