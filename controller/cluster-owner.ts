import type { KubeApi, ResourceType } from './kube/api.ts'

const NAMESPACES: ResourceType = { group: '', version: 'v1', plural: 'namespaces' }

/** Names the cluster towards others who may manage the same objects: by the namespace that lives as long as the cluster. */
export async function clusterOwner(api: KubeApi, signal: AbortSignal): Promise<string> {
  const { metadata } = await api.get(NAMESPACES, undefined, 'kube-system', signal)
  return `cluster:${metadata.uid}`
}
