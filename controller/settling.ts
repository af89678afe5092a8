import { PlumblineError } from '../config/errors.ts'
import { kindOf } from '../config/kinds/index.ts'
import type { Resource } from '../config/resource.ts'
import type { Objects } from './objects.ts'

/** A person has looked in the system: the create whose answer never arrived has made nothing. Its value is the generation. */
export const NOT_CREATED_ANNOTATION = 'plumbline.dev/not-created'

/**
 * Forgets a create whose answer never arrived when a person says that it made nothing; true when it did. The word counts once: the annotation
 * goes before anything is sent again, whatever else keeps writing it.
 */
export async function settleCreate(resource: Resource, uid: string | undefined, objects: Objects): Promise<boolean> {
  const said = resource.metadata.annotations?.[NOT_CREATED_ANNOTATION]
  if (said === undefined) return false
  const { owned, ...rest } = objects.statusOf(resource)
  const isMeant = said === String(resource.metadata.generation) && owned !== undefined && owned.id === undefined
  if (isMeant) await objects.writeStatus(resource, uid, rest)
  await objects.annotate(resource, { [NOT_CREATED_ANNOTATION]: null })
  return isMeant
}

/** What a person can do in a cluster about a create whose answer never arrived. */
export function inCluster(error: PlumblineError, { kind, metadata }: Resource): PlumblineError {
  if (error.code !== 'OUTCOME_UNKNOWN') return error
  const { name, namespace, generation } = metadata
  const command = `kubectl annotate ${kindOf(kind)?.plural} ${name} -n ${namespace} ${NOT_CREATED_ANNOTATION}=${generation}`
  return new PlumblineError('OUTCOME_UNKNOWN', error.message, {
    retry: error.retry,
    cause: error,
    help: `Look in the system. If the object is there, set spec.externalRef.id; if it is not: ${command}`,
  })
}
