import type { Resource } from '../config/resource.ts'
import type { Entry } from '../reconciler/model.ts'
import type { KubeObject } from './kube/api.ts'
import type { Status } from './status.ts'

/** What happens to the object of the system when its document goes, now that it is asked for. */
export const deletionPolicyOf = ({ spec }: Resource): Entry['deletionPolicy'] =>
  (spec.deletionPolicy as Entry['deletionPolicy'] | undefined) ?? 'Retain'

/** It leaves the cluster and nothing else: it is retained, or was never made. No system is waited for. */
export const leavesAlone = (object: KubeObject, resource: Resource): boolean =>
  object.metadata.deletionTimestamp !== undefined && isKept(object, resource)

const isKept = (object: KubeObject, resource: Resource): boolean =>
  deletionPolicyOf(resource) === 'Retain' || (object.status as Status | undefined)?.owned === undefined
