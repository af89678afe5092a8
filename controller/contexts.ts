import type { Resource } from '../config/resource.ts'
import type { Facts } from '../reconciler/facts.ts'
import type { Context, Deliveries } from '../reconciler/observe.ts'
import { Ownership, type OwnershipOptions } from '../reconciler/ownership.ts'
import type { Witness } from '../reconciler/witness.ts'
import type { Owners } from './cluster-owner.ts'
import type { KubeObject } from './kube/api.ts'
import type { Sessions } from './sessions.ts'
import type { Successors } from './successor.ts'

/** Takes an object from the owner that it names, e.g. a Pulumi stack that is gone; see `status.owned.heldBy`. */
export const TAKE_OVER_ANNOTATION = 'plumbline.dev/take-over'

export interface ContextsOptions extends Owners {
  readonly sessions: Sessions
  readonly deliveries: (owner: KubeObject) => Deliveries
  readonly fingerprintKey: string
  readonly successors: Pick<Successors, 'known'>
  readonly witness: (object: KubeObject, resource: Resource) => Witness
}

/** What a context is for. */
export interface Purpose {
  readonly object: KubeObject
  readonly resource: Resource
  readonly connection: Resource
  readonly signal: AbortSignal
  /** After a look and before the first write: whether it is this object of the cluster that may write. */
  readonly prove?: () => Promise<void>
}

/** What looking at one object of the cluster, and acting on it, needs besides its document. */
export class Contexts {
  readonly #o: ContextsOptions

  constructor(options: ContextsOptions) {
    this.#o = options
  }

  of(purpose: Purpose): Context {
    const { deliveries, fingerprintKey, sessions, successors, witness } = this.#o
    const { object, resource, connection, signal } = purpose
    return {
      speaker: async (entry) => successors.known(resource, entry),
      connections: sessions.of(connection).connections,
      secrets: sessions.secretsIn(resource.metadata.namespace ?? ''),
      deliveries: deliveries(object),
      ownership: this.#ownership(purpose),
      fingerprintKey,
      witness: witness(object, resource),
      signal,
    }
  }

  #ownership({ object: { metadata }, resource: { kind }, signal, prove }: Purpose): Ownership {
    const { sessions, owner, aliases } = this.#o
    const takeFrom = metadata.annotations?.[TAKE_OVER_ANNOTATION]
    const options: OwnershipOptions = {
      connections: sessions.all,
      owner,
      aliases,
      holderOf: () => `${kind} ${metadata.namespace}/${metadata.name}`,
      ...(takeFrom === undefined ? {} : { takeFrom }),
      signal,
    }
    return prove === undefined ? new Ownership(options) : new ProvenOwnership(options, prove)
  }
}

/** Of several objects of this cluster one may write, and that one asks the book who else does. */
class ProvenOwnership extends Ownership {
  readonly #prove: () => Promise<void>

  constructor(options: OwnershipOptions, prove: () => Promise<void>) {
    super(options)
    this.#prove = prove
  }

  override async holderBesideUs(object: Pick<Facts, 'claim' | 'address'>): Promise<string | undefined> {
    await this.#prove()
    return super.holderBesideUs(object)
  }
}
