import type { Diagnostic } from '../config/resource.ts'
import type { Facts } from './facts.ts'
import { objectKeyOf } from './identity.ts'
import type { Snapshot } from './model.ts'

/** Two documents describe one object: nothing is sent until one of them is gone. */
export function duplicate(
  { resource: first, address }: Facts,
  { resource: second, address: other }: Facts,
): Diagnostic {
  const where = first.origin === undefined ? '' : ` (${first.origin.file}:${first.origin.line})`
  const { origin } = second
  return {
    severity: 'error',
    code: 'INVALID_DOCUMENT',
    message: `${address} describes the same object${where}; keep one document for it`,
    resource: other,
    ...(origin === undefined ? {} : { file: origin.file, line: origin.line, column: origin.column }),
  }
}

/** Documents of which the look shows that they lead to one object, though their keys are different. */
export function foundTwice(documents: readonly Facts[], snapshot: Snapshot): readonly Diagnostic[] {
  const first = new Map<string, Facts>()
  return documents.flatMap((facts) => {
    const { kind, place, target, address } = facts
    const sight = snapshot.get(address)?.sight
    if (sight?.state !== 'present' || place === undefined) return []
    const object = objectKeyOf({ kind, place, tenant: target.tenant, key: sight.observed.id })
    const other = first.get(object)
    if (other === undefined) first.set(object, facts)
    return other === undefined ? [] : [duplicate(other, facts)]
  })
}
