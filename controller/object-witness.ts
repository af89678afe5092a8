import { hostname } from 'node:os'
import { placedAddressOf, type Resource } from '../config/resource.ts'
import type { Chain } from '../evidence/chain.ts'
import { witnessOf } from '../evidence/run.ts'
import { digestOf } from '../reconciler/digest.ts'
import type { Step } from '../reconciler/model.ts'
import type { Witness } from '../reconciler/witness.ts'
import type { KubeObject } from './kube/api.ts'

/**
 * Puts down each write that an object of the cluster asks for: who the controller is as an owner, and which version of
 * which object it was. `kubectl` and the audit log of the API server say who wrote that version.
 */
export function objectWitness(
  chain: Pick<Chain, 'append'>,
  owner: string,
): (object: KubeObject, resource: Resource) => Witness {
  return ({ metadata }, resource) => {
    const { kind, spec } = resource
    const { name, namespace, generation = 0 } = resource.metadata
    const { uid = '', resourceVersion = '' } = metadata
    const address = placedAddressOf(resource)
    const placed = (step: Step): Step => ({ ...step, address })
    const witness = witnessOf(chain, () => ({
      command: 'controller',
      scope: owner,
      who: { user: owner, host: hostname() },
      approvedBy: [],
      cause: { uid, generation, resourceVersion },
      documents: digestOf({ kind, metadata: { name, namespace }, spec }),
    }))
    return {
      begins: async (step) => {
        const ended = await witness.begins(placed(step))
        return (outcome) => ended({ ...outcome, step: placed(outcome.step) })
      },
    }
  }
}
