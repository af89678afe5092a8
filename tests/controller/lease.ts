import type { KubeApi, KubeObject, KubeResourceType } from '../../controller/kube/api.ts'
import { absent } from '../../controller/sessions.ts'

const LEASES: KubeResourceType = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }
const LEASE = { namespace: 'default', name: 'plumbline-controller' }
const FOREVER = new AbortController().signal

/** What of the controller's Lease tells who leads, and since when. */
export interface LeaseSpec {
  readonly holderIdentity?: string
  readonly acquireTime?: string
  readonly renewTime?: string
}

/** `undefined` while there never was a leader. */
export async function leaseOf(admin: KubeApi, name = LEASE.name): Promise<LeaseSpec | undefined> {
  const found = await admin.get(LEASES, LEASE.namespace, name, FOREVER).catch(absent)
  return found?.spec as LeaseSpec | undefined
}

/** Writes over the Lease, whoever holds it. */
export const writeLease = (admin: KubeApi, spec: LeaseSpec): Promise<KubeObject> =>
  admin.patch(LEASES, LEASE, { spec }, FOREVER)
