import { kindOf } from '../config/kinds/index.ts'
import { connectionOf, type Index, keyOf, referencedKey, tenantOf, valueAt } from '../config/references.ts'
import type { Resource } from '../config/resource.ts'
import type { Item } from './cache.ts'
import type { KubeObject } from './kube/api.ts'

/** An object of a system that documents lay claim to, whatever their namespace and connection are called. */
type Claim = string

interface Claimant {
  readonly item: Item
  readonly since: string
}

/** Who lays claim to which object of a system. Of several, the oldest object of the cluster holds it. */
export class Claims {
  readonly #claimants = new Map<Claim, Map<Item, Claimant>>()
  readonly #claims = new Map<Item, readonly Claim[]>()

  /** Lays the claims of an object as it is now. */
  lay(item: Item, object: KubeObject, resource: Resource, index: Index): void {
    this.drop(item)
    const claims = claimsOf(resource, index)
    const claimant = { item, since: object.metadata.creationTimestamp ?? '' }
    for (const claim of claims) {
      const group = this.#claimants.get(claim) ?? new Map()
      this.#claimants.set(claim, group.set(item, claimant))
    }
    this.#claims.set(item, claims)
  }

  /** Gives the claims of an object up; returns the others who wait for them. */
  drop(item: Item): readonly Item[] {
    const claims = this.#claims.get(item) ?? []
    this.#claims.delete(item)
    return claims.flatMap((claim) => {
      const group = this.#claimants.get(claim)
      group?.delete(item)
      if (group?.size === 0) this.#claimants.delete(claim)
      return [...(group?.keys() ?? [])]
    })
  }

  /** Another object that holds a claim of this one, if there is one. */
  holderBefore(item: Item): Item | undefined {
    for (const claim of this.#claims.get(item) ?? []) {
      const [oldest] = [...(this.#claimants.get(claim)?.values() ?? [])].sort(byAge)
      if (oldest !== undefined && oldest.item !== item) return oldest.item
    }
    return undefined
  }
}

const byAge = (a: Claimant, b: Claimant): number =>
  a.since === b.since ? (a.item < b.item ? -1 : 1) : a.since < b.since ? -1 : 1

/** The object by its natural key, and by the id that the document adopts. */
function claimsOf(resource: Resource, index: Index): readonly Claim[] {
  const connection = connectionOf(resource, index)
  const kind = kindOf(resource.kind)
  const scope = kind?.scope === 'tenant' ? tenantOf(resource, index) : ''
  if (connection === undefined || kind === undefined || scope === undefined) return []
  const { system, endpoint } = connection.spec
  const place = [system, endpoint, referencedKey(connection, 'Organization', index) ?? '', kind.name]
  const adopted = valueAt(resource.spec, '/externalRef/id')
  const byKey = ['key', ...place, scope, keyOf(resource)]
  return [byKey, ...(typeof adopted === 'string' ? [['id', ...place, adopted]] : [])].map((c) => JSON.stringify(c))
}
