import { API_VERSION, type Spec } from '../../config/resource.ts'
import { type Facts, steeringOf } from '../../reconciler/facts.ts'
import type { Entry } from '../../reconciler/model.ts'
import { entryTarget } from '../../reconciler/removal.ts'

/** The facts of an object whose document is gone: from what the state knows of it, and of the fields that it showed. */
export function recordedFacts(entry: Entry, observed: Spec): Facts {
  const { address, connection, needs, claim, specDigest = '' } = entry
  const target = entryTarget(entry)
  return {
    resource: { apiVersion: API_VERSION, kind: entry.kind, metadata: { name: address }, spec: observed },
    kind: target.kind,
    address,
    connection,
    target,
    spec: observed,
    specDigest,
    steering: steeringOf({}),
    excepted: [],
    needs,
    ...(claim === undefined ? {} : { claim }),
    containers: [],
  }
}
