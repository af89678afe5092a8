import type { KubeApi, ResourceType } from './kube/api.ts'

const NAMESPACES: ResourceType = { group: '', version: 'v1', plural: 'namespaces' }

/** Who a controller is towards others who may manage the same objects. */
export interface Owners {
  readonly owner: string
  /** Names that earlier releases of it went by. */
  readonly aliases: readonly string[]
}

/**
 * The cluster, by the namespace that lives as long as it does, and the controller in it, by its Lease: two releases in one
 * cluster are two owners.
 */
export async function clusterOwner(
  api: KubeApi,
  namespace: string,
  lease: string,
  signal: AbortSignal,
): Promise<Owners> {
  const { metadata } = await api.get(NAMESPACES, undefined, 'kube-system', signal)
  const cluster = `cluster:${metadata.uid}`
  return { owner: `${cluster}/${namespace}/${lease}`, aliases: [cluster] }
}
