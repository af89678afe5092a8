import { type Code, PlumblineError } from '../config/errors.ts'
import type { KubeApi, KubeResourceType } from './kube/api.ts'

const NAMESPACES: KubeResourceType = { group: '', version: 'v1', plural: 'namespaces' }
const CLUSTER = 'kube-system'

/** Who a controller is towards others who may manage the same objects. */
export interface Owners {
  readonly owner: string
  /** Names that earlier releases of it went by, or that it has under other rights. */
  readonly aliases: readonly string[]
}

export interface OwnerOptions {
  readonly api: KubeApi
  /** Its own namespace. */
  readonly namespace: string
  readonly lease: string
  /** It has rights in single namespaces only. */
  readonly isBound: boolean
  readonly signal: AbortSignal
}

/**
 * The cluster, by the namespace that lives as long as it does, and the controller in it, by its Lease: two releases in one
 * cluster are two owners, and the shards of one release are one. Who has rights in single namespaces goes by its own one;
 * what was held before the rights were changed stays its own, as far as it may see the other one.
 */
export async function clusterOwner({ api, namespace, lease, isBound, signal }: OwnerOptions): Promise<Owners> {
  const uidOf = async (name: string) => (await api.get(NAMESPACES, undefined, name, signal)).metadata.uid
  const [first, second] = isBound ? [namespace, CLUSTER] : [CLUSTER, namespace]
  const [uid, other] = [await uidOf(first), await uidOf(second).catch(unseen)]
  const whole = isBound ? other : uid
  return {
    owner: `cluster:${uid}/${namespace}/${lease}`,
    aliases: [
      ...(other === undefined ? [] : [`cluster:${other}/${namespace}/${lease}`]),
      ...(whole === undefined ? [] : [`cluster:${whole}`]),
    ],
  }
}

/** It may not be looked at, or is not there. */
function unseen(thrown: unknown): undefined {
  if (thrown instanceof PlumblineError && UNSEEN.has(thrown.code)) return undefined
  throw thrown
}

const UNSEEN: ReadonlySet<Code> = new Set(['FORBIDDEN', 'NOT_FOUND'])
